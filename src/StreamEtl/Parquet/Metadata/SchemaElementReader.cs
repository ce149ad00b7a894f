namespace StreamEtl.Parquet.Metadata;

/// <summary>Parses one <c>SchemaElement</c> with its <c>LogicalType</c> union.</summary>
internal static class SchemaElementReader
{
    /// <summary>Reads an element of the schema list.</summary>
    public static SchemaElement Read(ref ThriftReader reader, ThriftType type)
    {
        var element = new SchemaElement();
        reader.Enter(type);
        short id = 0;
        while (reader.NextField(ref id, out type))
        {
            switch (id)
            {
                case 1:
                    element.Type = (PhysicalType)reader.ReadInt32(type);
                    break;
                case 2:
                    element.TypeLength = reader.ReadInt32(type);
                    break;
                case 3:
                    element.Repetition = (Repetition)reader.ReadInt32(type);
                    break;
                case 4:
                    element.Name = reader.ReadText(type);
                    break;
                case 5:
                    element.Children = reader.ReadInt32(type);
                    break;
                case 6:
                    element.Converted = (ConvertedType)reader.ReadInt32(type);
                    break;
                case 7:
                    element.Scale = reader.ReadInt32(type);
                    break;
                case 8:
                    element.Precision = reader.ReadInt32(type);
                    break;
                case 10:
                    ReadLogical(ref reader, type, element);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        reader.Leave();
        return element;
    }

    private static void ReadLogical(ref ThriftReader reader, ThriftType type, SchemaElement element)
    {
        reader.Enter(type);
        short kind = 0;
        while (reader.NextField(ref kind, out type))
        {
            element.Logical = (LogicalKind)kind;
            if (element.Logical is not (LogicalKind.Decimal or LogicalKind.Time or LogicalKind.Timestamp or LogicalKind.Integer))
            {
                reader.Skip(type);
                continue;
            }
            reader.Enter(type);
            short id = 0;
            while (reader.NextField(ref id, out type))
            {
                ReadParameter(ref reader, type, id, element);
            }
            reader.Leave();
        }
        reader.Leave();
    }

    private static void ReadParameter(ref ThriftReader reader, ThriftType type, short id, SchemaElement element)
    {
        switch (element.Logical, id)
        {
            case (LogicalKind.Decimal, 1):
                element.Scale = reader.ReadInt32(type);
                break;
            case (LogicalKind.Decimal, 2):
                element.Precision = reader.ReadInt32(type);
                break;
            case (LogicalKind.Integer, 1):
                element.BitWidth = reader.ReadInt32(type);
                break;
            case (LogicalKind.Integer, 2):
                element.IsSigned = ThriftReader.ReadBoolean(type);
                break;
            case (LogicalKind.Time or LogicalKind.Timestamp, 1):
                element.IsAdjustedToUtc = ThriftReader.ReadBoolean(type);
                break;
            case (LogicalKind.Time or LogicalKind.Timestamp, 2):
                element.UnitDigits = ReadUnit(ref reader, type);
                break;
            default:
                reader.Skip(type);
                break;
        }
    }

    /// <summary>The union <c>TimeUnit</c>: 1 = milliseconds, 2 = microseconds, 3 = nanoseconds.</summary>
    private static int ReadUnit(ref ThriftReader reader, ThriftType type)
    {
        int digits = 0;
        reader.Enter(type);
        short unit = 0;
        while (reader.NextField(ref unit, out type))
        {
            digits = unit is >= 1 and <= 3 ? unit * 3 : 0;
            reader.Skip(type);
        }
        reader.Leave();
        return digits;
    }
}
