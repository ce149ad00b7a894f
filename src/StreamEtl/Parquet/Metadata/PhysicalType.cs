namespace StreamEtl.Parquet.Metadata;

/// <summary>How values are stored; the numbers are those of <c>Type</c> in parquet.thrift.</summary>
internal enum PhysicalType
{
    /// <summary>One bit.</summary>
    Boolean = 0,

    /// <summary>4 bytes, little-endian.</summary>
    Int32 = 1,

    /// <summary>8 bytes, little-endian.</summary>
    Int64 = 2,

    /// <summary>12 bytes: nanoseconds of the day, then the Julian day; an old form of timestamp.</summary>
    Int96 = 3,

    /// <summary>IEEE-754 single.</summary>
    Float = 4,

    /// <summary>IEEE-754 double.</summary>
    Double = 5,

    /// <summary>Bytes behind their length.</summary>
    ByteArray = 6,

    /// <summary>As many bytes as the schema says.</summary>
    FixedLenByteArray = 7,
}
