namespace StreamEtl.Parquet.Reading;

/// <summary>What turns a stored value into one of a column.</summary>
internal enum ValueConversion
{
    /// <summary>Nothing: booleans, signed integers, doubles, days, microseconds, narrow decimals, bytes.</summary>
    None,

    /// <summary>Keep the low 8 bits.</summary>
    Low8,

    /// <summary>Keep the low 16 bits.</summary>
    Low16,

    /// <summary>Keep the low 32 bits.</summary>
    Low32,

    /// <summary>An unsigned 64-bit integer to a 128-bit decimal.</summary>
    UnsignedToWide,

    /// <summary>A signed integer to a 128-bit decimal.</summary>
    SignedToWide,

    /// <summary>Single to double.</summary>
    SingleToDouble,

    /// <summary>Milliseconds to microseconds.</summary>
    MillisToMicros,

    /// <summary>Milliseconds of the day to microseconds.</summary>
    TimeMillis,

    /// <summary>Microseconds of the day.</summary>
    TimeMicros,

    /// <summary>Nanoseconds of the day to microseconds; what is finer is cut off.</summary>
    TimeNanos,

    /// <summary>12 bytes to microseconds.</summary>
    Int96,

    /// <summary>2 bytes to double.</summary>
    HalfToDouble,

    /// <summary>Big-endian two's complement to a 64-bit decimal.</summary>
    BytesToNarrow,

    /// <summary>Big-endian two's complement to a 128-bit decimal.</summary>
    BytesToWide,

    /// <summary>Big-endian two's complement of more than 38 digits to the nearest double.</summary>
    BytesToDouble,

    /// <summary>16 bytes to text in groups of hexadecimal digits.</summary>
    Uuid,

    /// <summary>12 bytes to an ISO 8601 duration.</summary>
    Interval,

    /// <summary>Bytes that must be UTF-8.</summary>
    Text,
}
