using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Hashing;
using StreamEtl.Memory;

namespace StreamEtl.Dedupe;

/// <summary>
/// One row for each key, decided while rows stream by, as long as a table of all keys fits: an entry is 96 bits of the key's hash and the ordinal of the row that wins so far. Of a hundred million keys two
/// are taken for one once in 10^13 runs. What does not fit, or cannot be decided by hash and number, is for <see cref="KeyedWinners"/>.
/// </summary>
/// <param name="budget">Charged with the tables.</param>
/// <param name="expected">About how many keys there will be, or 0.</param>
/// <param name="keepLast">Which row of a full tie wins: the last, or the first.</param>
/// <param name="inverted">True when the smallest value of the decision column wins.</param>
internal sealed class RunningWinners(MemoryBudget budget, long expected, bool keepLast, bool inverted) : IDisposable
{
    /// <summary>Estimate for plans: an entry and a rank.</summary>
    public const int BytesPerRow = HashTables.BytesPerHash + sizeof(ulong);

    /// <summary>Ranks are kept in arrays of 8 MB, so that they need not be moved as they become more, and are in large pages.</summary>
    private const int RankBits = 20;

    /// <summary>The bits of an entry that are an ordinal and one.</summary>
    private const ulong PlaceBits = uint.MaxValue;

    private readonly HashTables _keys = new(budget, expected);
    private readonly List<NativeArray<ulong>> _ranks = [];
    private readonly GrowingBits _winners = new();
    private long _rows;

    /// <summary>Decides about the next rows, by their keys and a column whose values have a number as rank (<see cref="SortKey.IsFixed"/>), or none; false when there is no room for them.</summary>
    public bool TryAdd(ReadOnlySpan<Hash128> keys, Column? decision)
    {
        if (_rows + keys.Length >= (long)PlaceBits || (decision is not null && !TryRank(decision, keys.Length)))
        {
            return false;
        }
        _winners.Set(_rows, keys.Length);
        Vector128<ulong> mask = Vector128.Create(~PlaceBits, ulong.MaxValue);
        for (int i = 0; i < keys.Length; i++)
        {
            _keys.PrefetchAhead(keys, i);
            long row = _rows + i;
            Hash128 entry = HashTables.Entry(keys[i].High & ~PlaceBits, keys[i].Low);
            entry = entry with { High = entry.High | (ulong)(row + 1) };
            ref HashTables.Table table = ref _keys.For(entry);
            if (Unsafe.IsNullRef(ref table))
            {
                return false;
            }
            ref Hash128 holder = ref table.FindOrAdd(entry, mask, out bool isNew);
            if (!isNew)
            {
                long before = (long)(holder.High & PlaceBits) - 1;
                bool wins = Wins(row, before, isRanked: decision is not null);
                _winners.Clear(wins ? before : row);
                holder = wins ? entry : holder;
            }
        }
        _rows += keys.Length;
        return true;
    }

    /// <summary>The rows that won.</summary>
    public RowBitmap Finish() => new(_rows, budget, _winners.Words);

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys.Dispose();
        foreach (NativeArray<ulong> ranks in _ranks)
        {
            budget.Release(ranks.Bytes);
            ranks.Dispose();
        }
        _ranks.Clear();
    }

    private bool Wins(long row, long before, bool isRanked)
    {
        int comparison = isRanked ? Rank(row).CompareTo(Rank(before)) : 0;
        return comparison > 0 || (comparison == 0 && keepLast);
    }

    private ref ulong Rank(long row) => ref _ranks[(int)(row >> RankBits)][(int)row & ((1 << RankBits) - 1)];

    private bool TryRank(Column decision, int count)
    {
        for (long row = _rows; row < _rows + count; row++)
        {
            if (row >> RankBits == _ranks.Count)
            {
                if (!budget.TryReserve(sizeof(ulong) << RankBits))
                {
                    return false;
                }
                _ranks.Add(new NativeArray<ulong>(1 << RankBits));
            }
            Rank(row) = SortKey.Fixed(decision, (int)(row - _rows), inverted);
        }
        return true;
    }
}
