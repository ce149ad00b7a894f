namespace StreamEtl.Parquet.Metadata;

/// <summary>Meaning of a column; the numbers are the field ids of the union <c>LogicalType</c> in parquet.thrift.</summary>
internal enum LogicalKind
{
    /// <summary>Not annotated.</summary>
    None = 0,

    /// <summary>UTF-8 text.</summary>
    String = 1,

    /// <summary>A map.</summary>
    Map = 2,

    /// <summary>A list.</summary>
    List = 3,

    /// <summary>Text out of a set.</summary>
    Enum = 4,

    /// <summary>Unscaled integer with precision and scale.</summary>
    Decimal = 5,

    /// <summary>Days since 1970-01-01.</summary>
    Date = 6,

    /// <summary>Time of day in some unit.</summary>
    Time = 7,

    /// <summary>Time since 1970-01-01 in some unit, as an instant or as local time.</summary>
    Timestamp = 8,

    /// <summary>Integer of 8 to 64 bits, signed or not.</summary>
    Integer = 10,

    /// <summary>Always NULL.</summary>
    Null = 11,

    /// <summary>JSON text.</summary>
    Json = 12,

    /// <summary>A BSON document.</summary>
    Bson = 13,

    /// <summary>16 bytes, big-endian.</summary>
    Uuid = 14,

    /// <summary>IEEE-754 half in 2 bytes.</summary>
    Float16 = 15,

    /// <summary>A self-describing value.</summary>
    Variant = 16,

    /// <summary>Well-known binary.</summary>
    Geometry = 17,

    /// <summary>Well-known binary on a sphere.</summary>
    Geography = 18,
}
