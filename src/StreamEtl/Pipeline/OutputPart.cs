using StreamEtl.Batches;
using StreamEtl.Encoding;

namespace StreamEtl.Pipeline;

/// <summary>Batches that become one part of the output, and then that part, which occupies the gate until it is written: a sink may be slow.</summary>
internal sealed class OutputPart(List<InFlight> items, int rows, ByteGate gate) : IDisposable
{
    private long _reserved;

    /// <summary>Selected rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Set once encoded.</summary>
    public EncodedPart? Encoded { get; private set; }

    /// <summary>Encodes the batches.</summary>
    public void Encode(IBatchEncoder encoder)
    {
        var batches = new RowBatch[items.Count];
        for (int i = 0; i < batches.Length; i++)
        {
            batches[i] = items[i].Batch!;
        }
        Encoded = encoder.Encode(batches);
        _reserved = Encoded.Lease.Bytes;
        gate.Adjust(_reserved);
    }

    /// <summary>Gives the batches back; the encoded part does not refer to them.</summary>
    public void DisposeBatches()
    {
        foreach (InFlight item in items)
        {
            item.Dispose();
        }
        // A part that waits to be written must not keep alive what the pool may have dropped by then.
        items.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeBatches();
        Encoded?.Dispose();
        gate.Adjust(-_reserved);
        _reserved = 0;
    }

    /// <summary>Shows no row data.</summary>
    public override string ToString() => $"part of {Rows} rows";
}
