namespace StreamEtl.Pipeline;

/// <summary><c>dedupe</c>: whole-row duplicates removed, or one row per key.</summary>
public sealed record DedupeOptions : JobOptions
{
    /// <summary>Paths, globs already expanded; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Key columns; empty means the whole row.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>True: of rows that tie in everything, the last one stays (<c>--keep last</c>).</summary>
    public bool KeepLast { get; init; }

    /// <summary>Decision columns in order (<c>--keep updated_at:desc,…</c>); empty means first or last.</summary>
    public IReadOnlyList<KeepRule> Keep { get; init; } = [];

    /// <summary>True: rows count as equal only after their contents have been compared, not on their 128-bit hashes alone.</summary>
    public bool Exact { get; init; }
}
