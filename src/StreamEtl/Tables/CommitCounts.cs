namespace StreamEtl.Tables;

/// <summary>What a version changed. previous rows + inserts − deletes = rows.</summary>
public sealed record CommitCounts
{
    /// <summary>Live rows of the version.</summary>
    public long Rows { get; init; }

    /// <summary>Keys that the version before does not have.</summary>
    public long Inserts { get; init; }

    /// <summary>Keys whose row changed.</summary>
    public long Updates { get; init; }

    /// <summary>Keys that the version before has and this one has not.</summary>
    public long Deletes { get; init; }

    /// <summary>Keys whose row is the same.</summary>
    public long Unchanged { get; init; }

    /// <summary>Keys kept although the input lacks them, because a malformed row has them.</summary>
    public long Held { get; init; }

    /// <summary>Keys whose row differs without a newer date, and was left as it is.</summary>
    public long ChangedWithoutDate { get; init; }

    /// <summary>Rows of the input that repeat an equal one.</summary>
    public long Duplicates { get; init; }
}
