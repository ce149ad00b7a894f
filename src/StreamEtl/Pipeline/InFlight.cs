using StreamEtl.Batches;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>What moves through the blocks: a unit, later its batch, and the bytes of the gate that it occupies. Disposed exactly once, by the graph.</summary>
internal sealed class InFlight(PassInput input, SourceUnit unit, ByteGate gate, long reserved) : IDisposable
{
    private SourceUnit? _unit = unit;
    private long _reserved = reserved;
    private bool _disposed;

    /// <summary>The input that the unit is of.</summary>
    public PassInput Input { get; } = input;

    /// <summary>Set once decoded.</summary>
    public RowBatch? Batch { get; private set; }

    /// <summary>Bytes occupied now.</summary>
    public long Bytes => _reserved;

    /// <summary>Decodes the unit into <see cref="Batch"/>.</summary>
    public void Decode()
    {
        Batch = Input.Source.Decode(_unit!, Input.Plan);
        _unit = null;
    }

    /// <summary>Corrects the gate to what the batch really holds.</summary>
    public void Settle()
    {
        long now = Batch!.Lease.Bytes;
        gate.Adjust(now - _reserved);
        _reserved = now;
    }

    /// <summary>Replaces the batch by a smaller copy of its selected rows.</summary>
    public void Replace(RowBatch batch)
    {
        Batch!.Dispose();
        Batch = batch;
        Settle();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        Batch?.Dispose();
        _unit?.Dispose();
        gate.Adjust(-_reserved);
    }

    /// <summary>Shows no row data.</summary>
    public override string ToString() => Batch?.ToString() ?? "unit";
}
