using StreamEtl.Memory;

namespace StreamEtl.Sources;

/// <summary>A piece of an input that can be decoded on its own: whole CSV records, whole JSON lines, rows of Parquet pages. Whoever holds it disposes it; decoding takes it over.</summary>
public abstract class SourceUnit(BufferLease lease) : IDisposable
{
    /// <summary>Holds the unit's bytes; decoding passes it on to the batch.</summary>
    public BufferLease Lease { get; } = lease;

    /// <summary>Bytes of input in the unit.</summary>
    public abstract long InputBytes { get; }

    /// <summary>Gives the bytes back, unless a batch took them over.</summary>
    public virtual void Dispose()
    {
        Lease.Dispose();
        GC.SuppressFinalize(this);
    }
}
