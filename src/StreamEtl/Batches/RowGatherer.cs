using StreamEtl.Memory;

namespace StreamEtl.Batches;

/// <summary>Copies the selected rows of batches that come one after the other, all with the same columns, into one batch. They keep their ordinals.</summary>
internal sealed class RowGatherer(BufferPool pool) : IDisposable
{
    private const int MostRows = 4096;
    private const int BytesPerValue = 16;

    /// <summary>Share of the memory that room for rows may take before there are any.</summary>
    private const int Share = 256;

    private readonly BufferLease _lease = pool.Lease();
    private ColumnGatherer?[]? _columns;
    private int[] _positions = [];
    private long _firstRow;
    private int _room;

    /// <summary>Rows gathered.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _lease.Bytes;

    /// <summary>True when the rows of a batch can come behind those that are there.</summary>
    public bool Fits(RowBatch batch) =>
        Count == 0 || (Count + batch.SelectedCount <= _room && batch.Ordinal(batch.RowCount - 1) - _firstRow <= int.MaxValue);

    /// <summary>Copies a batch's selected rows; the batch stays as it is.</summary>
    public void Add(RowBatch batch)
    {
        int count = batch.SelectedCount;
        if (_columns is null)
        {
            long usual = pool.Budget.Limit / Share / (BytesPerValue * Math.Max(1, batch.Columns.Length));
            _room = (int)Math.Max(count, Math.Min(usual, MostRows));
            _firstRow = batch.Ordinal(0);
            _columns = [.. batch.Columns.Select(c => c is null ? null : new ColumnGatherer(c.Type, _lease, _room))];
            _positions = _lease.Rent<int>(_room);
        }
        Span<int> rows = _positions.AsSpan(Count, count);
        for (int i = 0; i < count; i++)
        {
            rows[i] = batch.Selection is { } selection ? selection[i] : i;
        }
        for (int c = 0; c < _columns.Length; c++)
        {
            _columns[c]?.Add(batch.Columns[c]!, rows);
        }
        foreach (ref int row in rows)
        {
            row = (int)(batch.Ordinal(row) - _firstRow);
        }
        Count += count;
    }

    /// <summary>The rows gathered, all selected. The batch takes over what the gatherer holds.</summary>
    public RowBatch ToBatch() =>
        new(_lease, Count, [.. _columns!.Select(c => c?.ToColumn())]) { FirstRow = _firstRow, Positions = _positions };

    /// <inheritdoc/>
    public void Dispose() => _lease.Dispose();
}
