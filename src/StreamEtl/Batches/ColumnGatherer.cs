using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Batches;

/// <summary>Copies some rows of columns of one type, one after the other, into a column of at most <paramref name="room"/> rows on a lease.</summary>
internal sealed class ColumnGatherer(ColumnType type, BufferLease lease, int room)
{
    private readonly TextView[]? _views = type.IsVariable ? lease.Rent<TextView>(room) : null;
    private readonly Int128[]? _wide = type.IsWide ? lease.Rent<Int128>(room) : null;
    private readonly long[]? _longs = type.IsVariable || type.IsWide || type.Kind == ColumnKind.Null ? null : lease.Rent<long>(room);
    private ulong[]? _nulls;
    private byte[] _bytes = [];
    private int _used;
    private int _nullCount;
    private int _count;

    /// <summary>Copies the given rows of a column behind those that are there.</summary>
    public void Add(Column column, ReadOnlySpan<int> rows)
    {
        Gather(column.Longs, rows, _longs);
        Gather(column.Wide, rows, _wide);
        if (_views is not null)
        {
            AddText(column, rows, _views);
        }
        if (column.Nulls is not null)
        {
            AddNulls(column, rows);
        }
        _count += rows.Length;
    }

    /// <summary>The rows copied so far.</summary>
    public Column ToColumn() =>
        new()
        {
            Type = type,
            Count = _count,
            NullCount = _nullCount,
            Nulls = _nullCount == 0 ? null : _nulls,
            Longs = _longs,
            Wide = _wide,
            Views = _views,
            Bytes = _views is null ? null : _bytes,
        };

    private void Gather<T>(T[]? values, ReadOnlySpan<int> rows, T[]? target)
    {
        for (int i = 0; target is not null && i < rows.Length; i++)
        {
            target[_count + i] = values![rows[i]];
        }
    }

    private void AddNulls(Column column, ReadOnlySpan<int> rows)
    {
        if (_nulls is null)
        {
            _nulls = lease.Rent<ulong>((room + 63) >> 6);
            Array.Clear(_nulls);
        }
        for (int i = 0; i < rows.Length; i++)
        {
            ulong isNull = column.IsNull(rows[i]) ? 1UL : 0;
            _nulls[(_count + i) >> 6] |= isNull << (_count + i);
            _nullCount += (int)isNull;
        }
    }

    private void AddText(Column column, ReadOnlySpan<int> rows, TextView[] views)
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
            views[_count + i] = new TextView(_used, text.Length);
            _used += text.Length;
        }
    }
}
