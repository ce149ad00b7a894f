namespace StreamEtl.Pipeline;

/// <summary>
/// <c>consolidate</c>: several origins, matched by column name, to one row for each key. Without an <see cref="JobOptions.Output"/> (empty) the winners are found and
/// reported, and nothing is written.
/// </summary>
public sealed record ConsolidateOptions : JobOptions
{
    /// <summary>The origins. Of rows that tie in every decision column, that of the origin listed first wins, and within it the first row.</summary>
    public required IReadOnlyList<ConsolidateOrigin> Origins { get; init; }

    /// <summary>Key columns, at least one. Rows are of one key when their values are equal; NULL equals NULL.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>Decision columns in order, at least one.</summary>
    public required IReadOnlyList<KeepRule> Decide { get; init; }

    /// <summary>Name of a text column, last in the output, that says which origin a row came from; null: none.</summary>
    public string? OriginColumn { get; init; }

    /// <summary>Columns that are read but not written, where there are such: those that a partition's path says already.</summary>
    public IReadOnlyList<string> Unwritten { get; init; } = [];

    /// <summary>Database of the consolidated table, where that has a name; the engine itself knows no catalog.</summary>
    public string? Database { get; init; }

    /// <summary>The consolidated table; null exactly when <see cref="Database"/> is.</summary>
    public string? Table { get; init; }

    /// <summary>
    /// The partition of the catalog's table that the result becomes, <c>key=value</c> for each of the table's partition keys; empty: the result goes to <see cref="JobOptions.Output"/>, and
    /// the catalog is left alone.
    /// </summary>
    public IReadOnlyList<string> Partition { get; init; } = [];

    /// <summary>Where a summary of the run is stored (B4), a folder or <c>dynamodb://TABLE</c>; null: nowhere. The engine itself stores none.</summary>
    public string? Congregado { get; init; }

    /// <summary>Filled with what was written; null: nobody wants to know.</summary>
    public RowSample? Sample { get; init; }

    /// <summary>True: rows are of one key only after their keys have been compared, not on their 128-bit hashes alone.</summary>
    public bool Exact { get; init; }
}
