namespace StreamEtl.Tables;

/// <summary>What made a version.</summary>
public enum CommitMode
{
    /// <summary>The input became the table.</summary>
    Full,

    /// <summary>The input was the whole new snapshot, and its differences were added.</summary>
    Cdc,

    /// <summary>The input was new and changed rows.</summary>
    Incremental,

    /// <summary>Full load and changes were folded into a new full load; no row changed.</summary>
    Compact,
}
