namespace StreamEtl.Diagnostics;

/// <summary>Batch sizes that the run chose, in bytes of input.</summary>
public sealed class BatchBytesReport
{
    /// <summary>Smallest.</summary>
    public long Min { get; set; }

    /// <summary>Largest.</summary>
    public long Max { get; set; }

    /// <summary>The last.</summary>
    public long Last { get; set; }
}
