using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Batches;

/// <summary>Copies the selected rows of batches that come one after the other, all with the same columns, into one batch. They keep their ordinals.</summary>
internal sealed class RowGatherer(BufferPool pool) : IDisposable
{
    private const int MostRows = 4096;
    private const int BytesPerValue = 16;

    /// <summary>Share of the memory that room for rows may take before there are any.</summary>
    private const int Share = 256;

    private readonly BufferLease _lease = pool.Lease();
    private Values?[]? _columns;
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
            _columns = [.. batch.Columns.Select(c => c is null ? null : new Values(c.Type, _lease, _room))];
            _positions = _lease.Rent<int>(_room);
        }
        Span<int> rows = _positions.AsSpan(Count, count);
        for (int i = 0; i < count; i++)
        {
            rows[i] = batch.Selection is { } selection ? selection[i] : i;
        }
        for (int c = 0; c < _columns.Length; c++)
        {
            _columns[c]?.Add(batch.Columns[c]!, rows, Count, _lease);
        }
        foreach (ref int row in rows)
        {
            row = (int)(batch.Ordinal(row) - _firstRow);
        }
        Count += count;
    }

    /// <summary>The rows gathered, all selected. The batch takes over what the gatherer holds.</summary>
    public RowBatch ToBatch() =>
        new(_lease, Count, [.. _columns!.Select(c => c?.ToColumn(Count))]) { FirstRow = _firstRow, Positions = _positions };

    /// <inheritdoc/>
    public void Dispose() => _lease.Dispose();

    /// <summary>The values of one column.</summary>
    private sealed class Values
    {
        private readonly ColumnType _type;
        private readonly long[]? _longs;
        private readonly Int128[]? _wide;
        private readonly TextView[]? _views;
        private readonly ulong[] _nulls;
        private byte[] _bytes = [];
        private int _used;
        private int _nullCount;

        public Values(ColumnType type, BufferLease lease, int room)
        {
            _type = type;
            _views = type.IsVariable ? lease.Rent<TextView>(room) : null;
            _wide = type.IsWide ? lease.Rent<Int128>(room) : null;
            _longs = type.IsVariable || type.IsWide || type.Kind == ColumnKind.Null ? null : lease.Rent<long>(room);
            _nulls = lease.Rent<ulong>((room + 63) >> 6);
            Array.Clear(_nulls);
        }

        public void Add(Column column, ReadOnlySpan<int> rows, int at, BufferLease lease)
        {
            Gather(column.Longs, rows, _longs, at);
            Gather(column.Wide, rows, _wide, at);
            if (_views is not null)
            {
                AddText(column, rows, at, lease);
            }
            for (int i = 0; column.Nulls is not null && i < rows.Length; i++)
            {
                ulong isNull = column.IsNull(rows[i]) ? 1UL : 0;
                _nulls[(at + i) >> 6] |= isNull << (at + i);
                _nullCount += (int)isNull;
            }
        }

        public Column ToColumn(int count) =>
            new()
            {
                Type = _type,
                Count = count,
                NullCount = _nullCount,
                Nulls = _nullCount == 0 ? null : _nulls,
                Longs = _longs,
                Wide = _wide,
                Views = _views,
                Bytes = _views is null ? null : _bytes,
            };

        private static void Gather<T>(T[]? values, ReadOnlySpan<int> rows, T[]? target, int at)
        {
            for (int i = 0; target is not null && i < rows.Length; i++)
            {
                target[at + i] = values![rows[i]];
            }
        }

        private void AddText(Column column, ReadOnlySpan<int> rows, int at, BufferLease lease)
        {
            int needed = _used;
            foreach (int row in rows)
            {
                needed += column.Views![row].Length;
            }
            if (_bytes.Length == 0)
            {
                _bytes = lease.Rent<byte>(needed);
            }
            else if (needed > _bytes.Length)
            {
                lease.Grow(ref _bytes, _used, needed);
            }
            for (int i = 0; i < rows.Length; i++)
            {
                ReadOnlySpan<byte> text = column.Text(rows[i]);
                text.CopyTo(_bytes.AsSpan(_used));
                _views![at + i] = new TextView(_used, text.Length);
                _used += text.Length;
            }
        }
    }
}
