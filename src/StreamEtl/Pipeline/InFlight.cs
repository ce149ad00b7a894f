using StreamEtl.Batches;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>What moves through the blocks: a unit, later its batch, and the bytes of the gate that it occupies. Disposed exactly once, by the graph.</summary>
internal sealed class InFlight(PassInput input, SourceUnit unit, int target, UnitMark? mark, ByteGate gate, long size, long reserved)
    : IDisposable
{
    private SourceUnit? _unit = unit;
    private long _reserved = reserved;
    private bool _disposed;

    /// <summary>The input that the unit is of.</summary>
    public PassInput Input { get; } = input;

    /// <summary>Bytes that the unit was asked to have.</summary>
    public int Target => target;

    /// <summary>What an earlier pass noted of the unit, or null.</summary>
    public UnitMark? Mark => mark;

    /// <summary>Set once decoded.</summary>
    public RowBatch? Batch { get; private set; }

    /// <summary>Bytes occupied now.</summary>
    public long Bytes => _reserved;

    /// <summary>Decodes the unit into <see cref="Batch"/>: all of it, or where it is known and fewer, the rows that the pass wants.</summary>
    public void Decode()
    {
        Batch = DecodeChosen(_unit!) ?? Input.Source.Decode(_unit!, Input.Plan);
        _unit = null;
    }

    private RowBatch? DecodeChosen(SourceUnit unit)
    {
        if (mark is not { IsClean: true } known || Input.Segment.Choose is not { } choose || Input.Source is not ISelectiveSource source)
        {
            return null;
        }
        int[] positions = unit.Lease.Rent<int>(known.Rows);
        int count = choose(known.FirstRow, known.Rows, positions.AsSpan(0, known.Rows));
        if (count > known.Rows / 4 * 3)
        {
            unit.Lease.Release(positions);
            return null;
        }
        return source.Decode(unit, Input.Plan, known.Rows, positions, count);
    }

    /// <summary>Tells the gate what the batch really holds, and the units to come what to expect.</summary>
    public void Settle()
    {
        Input.Segment.Growth.Observe(size, Batch!.Lease.Bytes);
        Correct();
    }

    private void Correct()
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
        Correct();
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
