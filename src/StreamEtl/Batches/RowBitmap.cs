using StreamEtl.Memory;

namespace StreamEtl.Batches;

/// <summary>One bit for each row of a side, by ordinal. Many threads may set bits, each in a row of its own choice; reading comes afterwards.</summary>
public sealed class RowBitmap : IDisposable
{
    private readonly MemoryBudget _budget;
    private readonly Lock _setting = new();

    // Outside the collected heap, whose limit does not grow with the rows.
    private readonly NativeArray<ulong> _words;

    /// <summary>A bitmap of zeros for <paramref name="rows"/> rows; an eighth of a byte each is reserved from the budget.</summary>
    public RowBitmap(long rows, MemoryBudget budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        _budget = budget;
        Rows = rows;
        _words = new NativeArray<ulong>(checked((int)((rows + 63) >> 6)));
        budget.Reserve(_words.Bytes);
    }

    /// <summary>A bitmap of the first bits of <paramref name="bits"/>; where that ends, the others are 0.</summary>
    internal RowBitmap(long rows, MemoryBudget budget, ReadOnlySpan<ulong> bits)
        : this(rows, budget) => bits[..Math.Min(bits.Length, _words.Length)].CopyTo(_words.Span);

    /// <summary>A span, so that a row beyond the last is an exception: rows may come out of a damaged file.</summary>
    private Span<ulong> Words => _words.Span;

    /// <summary>Rows that have a bit.</summary>
    public long Rows { get; }

    /// <summary>Sets a row's bit. Thread-safe.</summary>
    public void Set(long row) => Interlocked.Or(ref Words[(int)(row >> 6)], 1UL << (int)row);

    /// <summary>
    /// Sets the bits of rows anywhere. Thread-safe, but not beside the other ways to set or clear bits. Threads take turns: where they set bit after bit among each other's, each waits for the line of
    /// memory that another one has just written, which takes ten times as long.
    /// </summary>
    internal void Set(ReadOnlySpan<long> rows)
    {
        lock (_setting)
        {
            Span<ulong> words = Words;
            foreach (long row in rows)
            {
                words[(int)(row >> 6)] |= 1UL << (int)row;
            }
        }
    }

    /// <summary>Clears a row's bit. Thread-safe.</summary>
    public void Clear(long row) => Interlocked.And(ref Words[(int)(row >> 6)], ~(1UL << (int)row));

    /// <summary>A row's bit.</summary>
    public bool Get(long row) => (Words[(int)(row >> 6)] >> (int)row & 1) != 0;

    /// <summary>Writes the positions, relative to <paramref name="firstRow"/>, of the set bits among the next <paramref name="count"/> rows; returns how many.</summary>
    public int Select(long firstRow, int count, Span<int> rows)
    {
        int found = 0;
        for (int i = 0; i < count; i++)
        {
            rows[found] = i;
            found += (int)(Words[(int)((firstRow + i) >> 6)] >> (int)(firstRow + i) & 1);
        }
        return found;
    }

    /// <summary>As <see cref="Select(long, int, Span{int})"/>, for rows whose bit is set here or in <paramref name="other"/>, a bitmap of the same side.</summary>
    public int Select(RowBitmap? other, long firstRow, int count, Span<int> rows)
    {
        if (other is null)
        {
            return Select(firstRow, count, rows);
        }
        int found = 0;
        for (int i = 0; i < count; i++)
        {
            int word = (int)((firstRow + i) >> 6);
            rows[found] = i;
            found += (int)((Words[word] | other.Words[word]) >> (int)(firstRow + i) & 1);
        }
        return found;
    }

    /// <summary>The first row at or after <paramref name="row"/> whose bit is set; <paramref name="end"/> when there is none before it.</summary>
    public long Next(long row, long end)
    {
        while (row < end)
        {
            ulong word = Words[(int)(row >> 6)] >> (int)row;
            if (word != 0)
            {
                return Math.Min(row + System.Numerics.BitOperations.TrailingZeroCount(word), end);
            }
            row = (row | 63) + 1;
        }
        return end;
    }

    /// <summary>Writes the inverse of the next <paramref name="count"/> rows' bits, the first row's lowest; returns how many are set there.</summary>
    public int Invert(long firstRow, int count, Span<ulong> bits)
    {
        bits[..((count + 63) >> 6)].Clear();
        int set = 0;
        for (int i = 0; i < count; i++)
        {
            ulong bit = ~(Words[(int)((firstRow + i) >> 6)] >> (int)(firstRow + i)) & 1;
            bits[i >> 6] |= bit << i;
            set += (int)bit;
        }
        return set;
    }

    /// <summary>The bits of 64 rows: of row 64 × <paramref name="index"/> the lowest.</summary>
    internal ulong Word(long index) => Words[(int)index];

    /// <summary>Number of set bits.</summary>
    public long Count()
    {
        long count = 0;
        foreach (ulong word in Words)
        {
            count += System.Numerics.BitOperations.PopCount(word);
        }
        return count;
    }

    /// <summary>Number of set bits from row <paramref name="first"/> up to, not including, row <paramref name="end"/>.</summary>
    public long Count(long first, long end)
    {
        long count = 0;
        for (long row = first; row < end; )
        {
            ulong word = Words[(int)(row >> 6)] >> (int)row;
            long bits = Math.Min(64 - (row & 63), end - row);
            count += System.Numerics.BitOperations.PopCount(bits == 64 ? word : word & ((1UL << (int)bits) - 1));
            row += bits;
        }
        return count;
    }

    /// <summary>Gives the memory back; the bits are not asked for any more.</summary>
    public void Dispose()
    {
        _budget.Release(_words.Bytes);
        _words.Dispose();
    }
}
