namespace StreamEtl.Types;

/// <summary>How dates and timestamps are written in a text column.</summary>
public enum TextPattern
{
    /// <summary>ISO 8601: <c>2024-01-31</c>, <c>2024-01-31 12:00:00.123</c> or with <c>T</c>, <c>Z</c> and offsets.</summary>
    Iso,

    /// <summary>Day first: <c>31/01/2024</c>, also with <c>-</c> or <c>.</c>, optionally followed by a time.</summary>
    DayFirst,

    /// <summary>As the user's <c>--date-format</c> says.</summary>
    Custom,
}
