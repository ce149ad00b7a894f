using System.Numerics;
using StreamEtl.Batches;

namespace StreamEtl.Pipeline;

/// <summary>Which row of an output a row of the input became, when the rows in one of two bitmaps are written in order: how many set bits come before its own.</summary>
internal sealed class RowRanks
{
    /// <summary>Words of 64 rows that share a count.</summary>
    private const int Step = 8;

    private readonly RowBitmap _one;
    private readonly RowBitmap? _other;
    private readonly long[] _before;

    /// <summary>Counts once; the bitmaps do not change afterwards.</summary>
    public RowRanks(RowBitmap one, RowBitmap? other)
    {
        _one = one;
        _other = other;
        long words = (one.Rows + 63) >> 6;
        _before = new long[((words + Step - 1) / Step) + 1];
        for (long word = 0; word < words; word++)
        {
            Count += BitOperations.PopCount(Word(word));
            if (word % Step == Step - 1)
            {
                _before[(word / Step) + 1] = Count;
            }
        }
    }

    /// <summary>Rows written.</summary>
    public long Count { get; }

    /// <summary>Number of the output row that an input row became.</summary>
    public long Of(long row)
    {
        long word = row >> 6;
        long rank = _before[word / Step];
        for (long w = word / Step * Step; w < word; w++)
        {
            rank += BitOperations.PopCount(Word(w));
        }
        return rank + BitOperations.PopCount(Word(word) & ((1UL << (int)row) - 1));
    }

    private ulong Word(long index) => _one.Word(index) | (_other?.Word(index) ?? 0);
}
