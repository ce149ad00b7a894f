namespace StreamEtl.Pipeline;

/// <summary><c>diff OLD NEW</c>: two snapshots to their changes.</summary>
public sealed record DiffOptions : JobOptions
{
    /// <summary>The earlier snapshot.</summary>
    public required string Old { get; init; }

    /// <summary>The later snapshot.</summary>
    public required string New { get; init; }

    /// <summary>Key columns, at least one.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The column whose newer value makes an update, or null: any difference does.</summary>
    public string? DateField { get; init; }

    /// <summary>False: rows that differ without a newer date are updates too.</summary>
    public bool DateFieldStrict { get; init; } = true;

    /// <summary>Only these columns are compared; null: all.</summary>
    public IReadOnlyList<string>? Compare { get; init; }

    /// <summary>These columns are not compared (and not written when only one side has them).</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Rows of one key that differ within one snapshot.</summary>
    public DuplicateKeyRule OnDuplicateKey { get; init; }

    /// <summary>True: rows count as equal only after their contents have been compared, not on their 128-bit hashes alone.</summary>
    public bool Exact { get; init; }
}
