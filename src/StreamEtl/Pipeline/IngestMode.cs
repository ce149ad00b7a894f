namespace StreamEtl.Pipeline;

/// <summary>What an input of <c>ingest</c> is to the table.</summary>
public enum IngestMode
{
    /// <summary>It becomes the table.</summary>
    Full,

    /// <summary>It is the whole new snapshot: what differs from the table is added to it as changes.</summary>
    Cdc,

    /// <summary>It holds new and changed rows; what it lacks stays. Of every row the table keeps when it came.</summary>
    Incremental,
}
