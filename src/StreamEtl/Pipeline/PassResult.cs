namespace StreamEtl.Pipeline;

/// <summary>What a pass counted.</summary>
internal sealed class PassResult
{
    /// <summary>Well-formed rows decoded.</summary>
    public long RowsDecoded { get; set; }

    /// <summary>Rows taken out by a selection.</summary>
    public long RowsDropped { get; set; }

    /// <summary>Rows written.</summary>
    public long RowsWritten { get; set; }

    /// <summary>NULLs of each output column.</summary>
    public long[] NullCounts { get; set; } = [];

    /// <summary>For each input read, whether its last record ended with a line break; null where records do not end so, or there was none.</summary>
    public List<bool?> Endings { get; } = [];
}
