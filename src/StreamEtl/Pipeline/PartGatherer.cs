using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Pipeline;

/// <summary>
/// Collects batches until they make a part of the output: enough rows for the encoder, or as many bytes as a part may hold. A batch of which few rows
/// are left is copied together first, so that a thin selection does not pin whole blocks of input.
/// </summary>
internal sealed class PartGatherer(int rowsPerPart, long bytesPerPart, ByteGate gate)
{
    /// <summary>Below this share of selected rows a copy is cheaper than holding the batch.</summary>
    private const int SparseShare = 4;

    /// <summary>A batch of a few rows of its unit that holds more than this holds the whole unit.</summary>
    private const int LargeBytes = 64 << 10;

    private List<InFlight> _items = [];
    private int _rows;
    private long _bytes;

    /// <summary>Takes the item over; returns a part when one is complete.</summary>
    public OutputPart? Add(InFlight item, BufferPool pool)
    {
        int selected = item.Batch!.SelectedCount;
        if (selected == 0)
        {
            item.Dispose();
            return null;
        }
        bool isPart = item.Batch.Positions is not null && item.Input.Segment.Kept is null && item.Bytes > LargeBytes;
        if (rowsPerPart > 0 && (isPart || selected < item.Batch.RowCount / SparseShare))
        {
            item.Replace(BatchCompactor.Compact(item.Batch, pool));
        }
        _items.Add(item);
        _rows += selected;
        _bytes += item.Bytes;
        gate.SetHeld(_bytes);
        return _rows >= rowsPerPart || _bytes >= bytesPerPart ? Flush() : null;
    }

    /// <summary>What is left, or null when nothing is.</summary>
    public OutputPart? Flush()
    {
        if (_items.Count == 0)
        {
            return null;
        }
        var part = new OutputPart(_items, _rows, gate);
        _items = [];
        _rows = 0;
        _bytes = 0;
        gate.SetHeld(0);
        return part;
    }
}
