namespace StreamEtl.Parquet.Reading;

/// <summary>Runs of bits in the bitmaps of columns.</summary>
internal static class BitRange
{
    /// <summary>Sets <paramref name="count"/> bits from <paramref name="start"/> on.</summary>
    public static void Set(ulong[] bits, int start, int count)
    {
        int end = start + count;
        while (start < end && (start & 63) != 0)
        {
            bits[start >> 6] |= 1UL << start;
            start++;
        }
        for (; start + 64 <= end; start += 64)
        {
            bits[start >> 6] = ulong.MaxValue;
        }
        for (; start < end; start++)
        {
            bits[start >> 6] |= 1UL << start;
        }
    }

    /// <summary>Sets those of 32 bits that are set in <paramref name="value"/>, its lowest at <paramref name="start"/>.</summary>
    public static void Or(ulong[] bits, int start, uint value)
    {
        if (value == 0)
        {
            return;
        }
        int shift = start & 63;
        bits[start >> 6] |= (ulong)value << shift;
        if (shift > 32 && (value >> (64 - shift)) is var high && high != 0)
        {
            bits[(start >> 6) + 1] |= high;
        }
    }
}
