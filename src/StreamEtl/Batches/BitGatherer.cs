namespace StreamEtl.Batches;

/// <summary>Sets bits of a bitmap that other threads set bits of as well, many at once. For one thread; <see cref="Flush"/> after the last one.</summary>
internal sealed class BitGatherer(RowBitmap bits)
{
    private readonly long[] _rows = new long[2048];
    private int _count;

    /// <summary>Sets a row's bit, now or later.</summary>
    public void Set(long row)
    {
        if (_count == _rows.Length)
        {
            Flush();
        }
        _rows[_count++] = row;
    }

    /// <summary>Sets the bits that are not yet.</summary>
    public void Flush()
    {
        bits.Set(_rows.AsSpan(0, _count));
        _count = 0;
    }
}
