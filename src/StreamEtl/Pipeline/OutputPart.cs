using StreamEtl.Batches;
using StreamEtl.Encoding;

namespace StreamEtl.Pipeline;

/// <summary>Batches that become one part of the output, and then that part.</summary>
internal sealed class OutputPart(List<InFlight> items, int rows) : IDisposable
{
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
    }

    /// <summary>Gives the batches back; the encoded part does not refer to them.</summary>
    public void DisposeBatches()
    {
        foreach (InFlight item in items)
        {
            item.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeBatches();
        Encoded?.Dispose();
    }

    /// <summary>Shows no row data.</summary>
    public override string ToString() => $"part of {Rows} rows";
}
