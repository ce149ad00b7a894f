namespace StreamEtl.Parquet.Metadata;

/// <summary>Meaning of a column in the old annotation; the numbers are those of <c>ConvertedType</c> in parquet.thrift.</summary>
internal enum ConvertedType
{
    /// <summary>Text.</summary>
    Utf8 = 0,

    /// <summary>A map.</summary>
    Map = 1,

    /// <summary>The entries of a map.</summary>
    MapKeyValue = 2,

    /// <summary>A list.</summary>
    List = 3,

    /// <summary>Text out of a set.</summary>
    Enum = 4,

    /// <summary>Unscaled integer; precision and scale stand in the schema.</summary>
    Decimal = 5,

    /// <summary>Days since 1970-01-01.</summary>
    Date = 6,

    /// <summary>Milliseconds of the day.</summary>
    TimeMillis = 7,

    /// <summary>Microseconds of the day.</summary>
    TimeMicros = 8,

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    TimestampMillis = 9,

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    TimestampMicros = 10,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8 = 11,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16 = 12,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32 = 13,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64 = 14,

    /// <summary>Signed, 8 bits.</summary>
    Int8 = 15,

    /// <summary>Signed, 16 bits.</summary>
    Int16 = 16,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 17,

    /// <summary>Signed, 64 bits.</summary>
    Int64 = 18,

    /// <summary>JSON text.</summary>
    Json = 19,

    /// <summary>A BSON document.</summary>
    Bson = 20,

    /// <summary>12 bytes: months, days, milliseconds.</summary>
    Interval = 21,
}
