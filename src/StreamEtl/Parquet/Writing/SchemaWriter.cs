using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>Columns as schema elements: physical type, logical type, and the older converted type where it means the same.</summary>
internal static class SchemaWriter
{
    /// <summary>The physical type that stores a column: 0 BOOLEAN, 1 INT32, 2 INT64, 5 DOUBLE, 6 BYTE_ARRAY, 7 FIXED_LEN_BYTE_ARRAY.</summary>
    public static int Physical(ColumnType type) =>
        type.Kind switch
        {
            ColumnKind.Boolean => 0,
            ColumnKind.Date => 1,
            ColumnKind.Float => 5,
            ColumnKind.Text or ColumnKind.Binary => 6,
            ColumnKind.Decimal when type.IsWide => 7,
            _ => 2,
        };

    /// <summary>Writes the list of elements: the root, then a leaf for each field.</summary>
    public static void Write(ThriftWriter thrift, IReadOnlyList<Field> fields)
    {
        thrift.Structs(2, fields.Count + 1);
        thrift.Begin();
        thrift.Text(4, "schema");
        thrift.Int(5, fields.Count);
        thrift.End();
        foreach (Field field in fields)
        {
            WriteLeaf(thrift, field);
        }
    }

    private static void WriteLeaf(ThriftWriter thrift, Field field)
    {
        ColumnType type = field.Type;
        thrift.Begin();
        thrift.Int(1, Physical(type));
        if (type.IsWide)
        {
            thrift.Int(2, 16);
        }
        thrift.Int(3, field.Nullable ? 1 : 0);
        thrift.Text(4, field.Name);
        if (Converted(type) is { } converted)
        {
            thrift.Int(6, converted);
        }
        if (type.Kind == ColumnKind.Decimal)
        {
            thrift.Int(7, type.Scale);
            thrift.Int(8, type.Precision);
        }
        WriteLogical(thrift, type);
        thrift.End();
    }

    /// <summary>Local times bear the older annotation too, as LogicalTypes.md asks of writers for the sake of older readers; nanoseconds have none.</summary>
    private static int? Converted(ColumnType type) =>
        type.Kind switch
        {
            ColumnKind.Text => 0,
            ColumnKind.Decimal => 5,
            ColumnKind.Date => 6,
            ColumnKind.Time => 8,
            ColumnKind.Timestamp or ColumnKind.Instant when type.Scale == 6 => 10,
            ColumnKind.Integer => 18,
            _ => null,
        };

    private static void WriteLogical(ThriftWriter thrift, ColumnType type)
    {
        int logical = type.Kind switch
        {
            ColumnKind.Text => 1,
            ColumnKind.Decimal => 5,
            ColumnKind.Date => 6,
            ColumnKind.Time => 7,
            ColumnKind.Timestamp or ColumnKind.Instant => 8,
            _ => 0,
        };
        if (logical == 0)
        {
            return;
        }
        thrift.Begin(10);
        thrift.Begin(logical);
        switch (type.Kind)
        {
            case ColumnKind.Decimal:
                thrift.Int(1, type.Scale);
                thrift.Int(2, type.Precision);
                break;
            case ColumnKind.Time or ColumnKind.Timestamp or ColumnKind.Instant:
                thrift.Bool(1, type.Kind == ColumnKind.Instant);
                thrift.Begin(2);
                thrift.Begin(type.Scale == 9 ? 3 : 2);
                thrift.End();
                thrift.End();
                break;
        }
        thrift.End();
        thrift.End();
    }
}
