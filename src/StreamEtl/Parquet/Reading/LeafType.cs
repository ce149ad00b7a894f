using StreamEtl.Parquet.Metadata;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>How the values of a leaf are stored and what they mean.</summary>
/// <param name="Physical">Storage.</param>
/// <param name="Length">Bytes of a value of fixed length; otherwise 0.</param>
/// <param name="Type">The column type.</param>
/// <param name="Conversion">From stored value to column value.</param>
/// <param name="Scale">Digits after the point of a decimal, also where <paramref name="Type"/> is none because it has too many.</param>
internal sealed record LeafType(PhysicalType Physical, int Length, ColumnType Type, ValueConversion Conversion, int Scale)
{
    private const int Int96Bytes = 12;
    private const int UuidBytes = 16;
    private const int IntervalBytes = 12;

    /// <summary>True when values are stored as bytes of their own length or of <see cref="Length"/>.</summary>
    public bool IsBytes => Physical is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray or PhysicalType.Int96;

    /// <summary>Bytes of a value in PLAIN encoding; 0 where they vary or are less than one.</summary>
    public int PlainWidth =>
        Physical switch
        {
            PhysicalType.Int32 or PhysicalType.Float => 4,
            PhysicalType.Int64 or PhysicalType.Double => 8,
            PhysicalType.Int96 or PhysicalType.FixedLenByteArray => Length,
            _ => 0,
        };

    /// <summary>The type of a leaf; a <see cref="ParquetFault"/> when its annotation does not fit its storage.</summary>
    public static LeafType Of(SchemaElement element)
    {
        PhysicalType physical = element.Type!.Value;
        if (physical is < PhysicalType.Boolean or > PhysicalType.FixedLenByteArray)
        {
            throw ParquetFault.Damaged($"field '{element.Name}' has the unknown type {(int)physical}");
        }
        if (physical == PhysicalType.FixedLenByteArray && element.TypeLength <= 0)
        {
            throw ParquetFault.Damaged($"field '{element.Name}' is FIXED_LEN_BYTE_ARRAY without a length");
        }
        int length = physical switch
        {
            PhysicalType.FixedLenByteArray => element.TypeLength,
            PhysicalType.Int96 => Int96Bytes,
            _ => 0,
        };
        (ColumnType type, ValueConversion conversion) = Meaning.Of(element) switch
        {
            LogicalKind.String or LogicalKind.Enum or LogicalKind.Json => Bytes(element, ColumnType.Text, ValueConversion.Text),
            LogicalKind.Bson or LogicalKind.Geometry or LogicalKind.Geography => Bytes(element, ColumnType.Binary, ValueConversion.None),
            LogicalKind.Decimal => Decimal(element, physical, length),
            LogicalKind.Date => Only(element, physical == PhysicalType.Int32, ColumnType.Date, ValueConversion.None),
            LogicalKind.Time => Time(element, physical),
            LogicalKind.Timestamp => Timestamp(element, physical),
            LogicalKind.Integer => Integer(element, physical),
            LogicalKind.Uuid => Only(element, length == UuidBytes, ColumnType.Text, ValueConversion.Uuid),
            LogicalKind.Float16 => Only(element, length == 2, ColumnType.Float, ValueConversion.HalfToDouble),
            Meaning.Interval => Only(
                element,
                length == IntervalBytes && physical == PhysicalType.FixedLenByteArray,
                ColumnType.Text,
                ValueConversion.Interval
            ),
            _ => Plain(physical),
        };
        return new LeafType(physical, length, type, conversion, element.Scale);
    }

    private static (ColumnType Type, ValueConversion Conversion) Plain(PhysicalType physical) =>
        physical switch
        {
            PhysicalType.Boolean => (ColumnType.Boolean, ValueConversion.None),
            PhysicalType.Int32 or PhysicalType.Int64 => (ColumnType.Integer, ValueConversion.None),
            PhysicalType.Int96 => (ColumnType.Timestamp, ValueConversion.Int96),
            PhysicalType.Float => (ColumnType.Float, ValueConversion.SingleToDouble),
            PhysicalType.Double => (ColumnType.Float, ValueConversion.None),
            _ => (ColumnType.Binary, ValueConversion.None),
        };

    private static (ColumnType Type, ValueConversion Conversion) Bytes(
        SchemaElement element,
        ColumnType type,
        ValueConversion conversion
    ) => Only(element, element.Type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray, type, conversion);

    private static (ColumnType Type, ValueConversion Conversion) Only(
        SchemaElement element,
        bool fits,
        ColumnType type,
        ValueConversion conversion
    ) => fits ? (type, conversion) : throw Misfit(element);

    private static (ColumnType Type, ValueConversion Conversion) Integer(SchemaElement element, PhysicalType physical)
    {
        (int bits, bool signed) = Meaning.Integer(element);
        bool wide = bits == 64;
        if (bits is not (8 or 16 or 32 or 64) || physical != (wide ? PhysicalType.Int64 : PhysicalType.Int32))
        {
            throw Misfit(element);
        }
        return (bits, signed) switch
        {
            (8, false) => (ColumnType.Integer, ValueConversion.Low8),
            (16, false) => (ColumnType.Integer, ValueConversion.Low16),
            (32, false) => (ColumnType.Integer, ValueConversion.Low32),
            (64, false) => (ColumnType.Decimal(ColumnType.MaxPrecision, 0), ValueConversion.UnsignedToWide),
            _ => (ColumnType.Integer, ValueConversion.None),
        };
    }

    private static (ColumnType Type, ValueConversion Conversion) Decimal(SchemaElement element, PhysicalType physical, int length)
    {
        int precision = element.Precision;
        int scale = element.Scale;
        bool fits =
            precision > 0
            && scale >= 0
            && scale <= precision
            && physical switch
            {
                PhysicalType.Int32 => precision <= 10,
                PhysicalType.Int64 => precision <= ColumnType.NarrowPrecision + 1,
                PhysicalType.ByteArray => true,
                PhysicalType.FixedLenByteArray => length > 0,
                _ => false,
            };
        if (!fits)
        {
            throw Misfit(element);
        }
        bool bytes = physical is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray;
        if (precision > ColumnType.MaxPrecision)
        {
            return (ColumnType.Float, ValueConversion.BytesToDouble);
        }
        bool narrow = precision <= ColumnType.NarrowPrecision;
        var type = ColumnType.Decimal(precision, scale);
        return (
            type,
            (bytes, narrow) switch
            {
                (true, true) => ValueConversion.BytesToNarrow,
                (true, false) => ValueConversion.BytesToWide,
                (false, true) => ValueConversion.None,
                (false, false) => ValueConversion.SignedToWide,
            }
        );
    }

    private static (ColumnType Type, ValueConversion Conversion) Time(SchemaElement element, PhysicalType physical) =>
        (Meaning.UnitDigits(element), physical) switch
        {
            (3, PhysicalType.Int32) => (ColumnType.Time, ValueConversion.TimeMillis),
            (6, PhysicalType.Int64) => (ColumnType.Time, ValueConversion.TimeMicros),
            (9, PhysicalType.Int64) => (ColumnType.Time, ValueConversion.TimeNanos),
            _ => throw Misfit(element),
        };

    private static (ColumnType Type, ValueConversion Conversion) Timestamp(SchemaElement element, PhysicalType physical)
    {
        if (physical != PhysicalType.Int64)
        {
            throw Misfit(element);
        }
        ColumnType type = Meaning.IsInstant(element) ? ColumnType.Instant : ColumnType.Timestamp;
        return Meaning.UnitDigits(element) switch
        {
            3 => (type, ValueConversion.MillisToMicros),
            6 => (type, ValueConversion.None),
            9 => (type with { Scale = 9 }, ValueConversion.None),
            _ => throw Misfit(element),
        };
    }

    private static ParquetFault Misfit(SchemaElement element) =>
        ParquetFault.Damaged(
            $"field '{element.Name}' is annotated as {Meaning.Name(element)}, which {element.Type} of this length or precision cannot hold"
        );
}
