namespace StreamEtl.Framing;

/// <summary>How a CSV input is to be read: what the user said of its dialect, and what is not found from the data.</summary>
public sealed record CsvReadOptions
{
    /// <summary>What the user said; the rest is found from the data.</summary>
    public CsvDialectOptions Dialect { get; init; } = new();

    /// <summary>What an earlier opening of the same input found (<see cref="Parsing.CsvRowSource.Dialect"/>); null: it is to be found.</summary>
    public CsvDialect? KnownDialect { get; init; }

    /// <summary>Encoding as the user named it, or null.</summary>
    public string? Encoding { get; init; }

    /// <summary>Unquoted texts (UTF-8) that mean NULL, besides the empty field.</summary>
    public IReadOnlyList<byte[]> NullTexts { get; init; } = [];

    /// <summary>True: a quoted empty field is the empty string, in text columns.</summary>
    public bool QuotedEmptyIsString { get; init; }

    /// <summary>True: LF, CR and CR LF may be mixed; else each record must end as the first one does.</summary>
    public bool MixesLineEnds { get; init; }

    /// <summary>Longest record in bytes.</summary>
    public int MaxRecordBytes { get; init; } = 64 << 20;

    /// <summary>Scanner by name (<c>scalar</c>, <c>vector128</c>, <c>vector256</c>, <c>vector512</c>), or null: the fastest here, or what STREAMETL_SCANNER says.</summary>
    public string? Scanner { get; init; }
}
