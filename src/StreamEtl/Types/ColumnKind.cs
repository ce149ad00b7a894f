namespace StreamEtl.Types;

/// <summary>The kinds of value that a column can hold. Storage of each is stated on <see cref="Batches.Column"/>.</summary>
public enum ColumnKind : byte
{
    /// <summary>No value has been seen: every row is NULL. Becomes <see cref="Text"/> in an output.</summary>
    Null = 0,

    /// <summary>true or false.</summary>
    Boolean = 1,

    /// <summary>64-bit signed integer.</summary>
    Integer = 2,

    /// <summary>Exact decimal, precision up to 38, scale 0 to precision.</summary>
    Decimal = 3,

    /// <summary>IEEE-754 double.</summary>
    Float = 4,

    /// <summary>Calendar date, days since 1970-01-01.</summary>
    Date = 5,

    /// <summary>Time of day, microseconds since midnight.</summary>
    Time = 6,

    /// <summary>Local date and time without zone; unit by <see cref="ColumnType.Scale"/>: 6 = microseconds, 9 = nanoseconds since 1970-01-01.</summary>
    Timestamp = 7,

    /// <summary>An instant (UTC); unit as for <see cref="Timestamp"/>.</summary>
    Instant = 8,

    /// <summary>UTF-8 text.</summary>
    Text = 9,

    /// <summary>Bytes without a text encoding.</summary>
    Binary = 10,
}
