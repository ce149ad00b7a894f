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
}
