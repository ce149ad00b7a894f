using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Reads the two generations of annotations as one: the new one where it is present, else the old.</summary>
internal static class Meaning
{
    /// <summary>INTERVAL has no number in the new annotation.</summary>
    public const LogicalKind Interval = (LogicalKind)(-1);

    /// <summary>What a leaf means; annotations that are not known mean nothing, as the format demands.</summary>
    public static LogicalKind Of(SchemaElement element) =>
        element.Logical is > LogicalKind.None and <= LogicalKind.Geography
            ? element.Logical
            : element.Converted switch
            {
                ConvertedType.Utf8 => LogicalKind.String,
                ConvertedType.Enum => LogicalKind.Enum,
                ConvertedType.Json => LogicalKind.Json,
                ConvertedType.Bson => LogicalKind.Bson,
                ConvertedType.Decimal => LogicalKind.Decimal,
                ConvertedType.Date => LogicalKind.Date,
                ConvertedType.TimeMillis or ConvertedType.TimeMicros => LogicalKind.Time,
                ConvertedType.TimestampMillis or ConvertedType.TimestampMicros => LogicalKind.Timestamp,
                >= ConvertedType.UInt8 and <= ConvertedType.Int64 => LogicalKind.Integer,
                ConvertedType.Interval => Interval,
                _ => LogicalKind.None,
            };

    /// <summary>Bits and signedness of an integer.</summary>
    public static (int Bits, bool Signed) Integer(SchemaElement element)
    {
        if (element.Logical == LogicalKind.Integer)
        {
            return (element.BitWidth, element.IsSigned);
        }
        return element.Converted switch
        {
            ConvertedType.UInt8 => (8, false),
            ConvertedType.UInt16 => (16, false),
            ConvertedType.UInt32 => (32, false),
            ConvertedType.UInt64 => (64, false),
            ConvertedType.Int8 => (8, true),
            ConvertedType.Int16 => (16, true),
            ConvertedType.Int32 => (32, true),
            _ => (64, true),
        };
    }

    /// <summary>Digits of a second's fraction: 3, 6 or 9.</summary>
    public static int UnitDigits(SchemaElement element) =>
        element.Logical is LogicalKind.Time or LogicalKind.Timestamp ? element.UnitDigits
        : element.Converted is ConvertedType.TimeMillis or ConvertedType.TimestampMillis ? 3
        : 6;

    /// <summary>True for a timestamp that is an instant. The old annotation means UTC but is read as local time, because its writers seldom meant it.</summary>
    public static bool IsInstant(SchemaElement element) => element.Logical == LogicalKind.Timestamp && element.IsAdjustedToUtc;

    /// <summary>The annotation for messages.</summary>
    public static string Name(SchemaElement element) =>
        element.Logical != LogicalKind.None ? element.Logical.ToString() : element.Converted?.ToString() ?? "nothing";
}
