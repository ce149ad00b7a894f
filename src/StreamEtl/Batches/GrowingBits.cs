namespace StreamEtl.Batches;

/// <summary>Bits of rows whose number is not known yet, for one thread.</summary>
internal sealed class GrowingBits
{
    private ulong[] _words = [];

    /// <summary>64 bits each, the first row's lowest; 0 beyond.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>Sets a bit.</summary>
    public void Set(long row)
    {
        Reach(row + 1);
        _words[row >> 6] |= 1UL << (int)row;
    }

    /// <summary>Sets the bits of <paramref name="count"/> rows.</summary>
    public void Set(long first, int count)
    {
        Reach(first + count);
        for (long end = first + count; first < end; first = (first | 63) + 1)
        {
            ulong upTo = end - first >= 64 ? ulong.MaxValue : (1UL << (int)(end - first)) - 1;
            _words[first >> 6] |= upTo << (int)first;
        }
    }

    /// <summary>Clears a bit that was set at some time.</summary>
    public void Clear(long row) => _words[row >> 6] &= ~(1UL << (int)row);

    private void Reach(long rows)
    {
        long words = (rows + 63) >> 6;
        if (words > _words.Length)
        {
            Array.Resize(ref _words, (int)Math.Max(words, _words.Length * 2L));
        }
    }
}
