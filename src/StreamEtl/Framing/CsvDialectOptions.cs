namespace StreamEtl.Framing;

/// <summary>What the user said of a CSV input; null means: find it from the data.</summary>
public sealed record CsvDialectOptions
{
    /// <summary>Field delimiter.</summary>
    public byte? Delimiter { get; init; }

    /// <summary>Quote; 0 switches quoting off.</summary>
    public byte? Quote { get; init; }

    /// <summary>Escape inside quotes, where it is not the quote itself.</summary>
    public byte? Escape { get; init; }

    /// <summary>Whether the first record names the columns.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>Physical lines before the header (or the first record).</summary>
    public int? SkipLines { get; init; }

    /// <summary><c>.</c> or <c>,</c>.</summary>
    public char? DecimalSeparator { get; init; }

    /// <summary>How dates are written.</summary>
    public string? DateFormat { get; init; }
}
