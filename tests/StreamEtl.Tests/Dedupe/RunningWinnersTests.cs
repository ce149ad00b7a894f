using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Tests.Dedupe;

/// <summary>Rows decided as they come, against a model that sees them all.</summary>
public sealed class RunningWinnersTests
{
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    public void TryAdd_OfAnyKeysAndRanks_KeepsTheWinnerOfEachKey(bool keepLast, bool inverted, bool ranked)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            Hash128[] keys = Keys(random, random.Next(1, 40_000));
            long[] ranks = [.. keys.Select(_ => (long)random.Next(5) - 2)];
            bool[] isNull = [.. keys.Select(_ => random.Next(7) == 0)];
            var budget = new MemoryBudget(1L << 30);
            using (var winners = new RunningWinners(budget, seed % 2 == 0 ? 0 : keys.Length / 2, keepLast, inverted))
            {
                for (int at = 0; at < keys.Length; )
                {
                    int end = Math.Min(keys.Length, at + random.Next(1, 3000));
                    Assert.True(winners.TryAdd(keys.AsSpan(at, end - at), ranked ? Rank(ranks[at..end], isNull[at..end]) : null));
                    at = end;
                }
                long Order(int row) =>
                    !ranked ? 0
                    : isNull[row] ? long.MinValue
                    : inverted ? -ranks[row]
                    : ranks[row];
                int[] expected =
                [
                    .. Enumerable
                        .Range(0, keys.Length)
                        .GroupBy(i => keys[i])
                        .Select(g => g.OrderByDescending(Order).ThenBy(i => keepLast ? -i : i).First())
                        .Order(),
                ];
                using RowBitmap bitmap = winners.Finish();
                Assert.True(expected.SequenceEqual(Enumerable.Range(0, keys.Length).Where(i => bitmap.Get(i))), $"seed {seed}");
            }
            Assert.Equal(0, budget.Used);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryAdd_WithoutRoom_SaysSoAndGivesAllBack(bool ranked)
    {
        var budget = new MemoryBudget(12 << 20);
        using (var winners = new RunningWinners(budget, expected: 0, keepLast: false, inverted: false))
        {
            Hash128[] keys = Keys(new Random(1), 1_200_000);
            Assert.False(winners.TryAdd(keys, ranked ? Rank(new long[keys.Length], new bool[keys.Length]) : null));
        }
        Assert.Equal(0, budget.Used);
    }

    private static Column Rank(long[] values, bool[] isNull)
    {
        ulong[] nulls = new ulong[(values.Length + 63) >> 6];
        for (int i = 0; i < values.Length; i++)
        {
            nulls[i >> 6] |= isNull[i] ? 1UL << i : 0;
        }
        return new Column
        {
            Type = ColumnType.Integer,
            Count = values.Length,
            Longs = values,
            Nulls = nulls,
            NullCount = isNull.Count(n => n),
        };
    }

    /// <summary>Spread, repeated, crowded in one line of the table, crowded in its last line, and such that differ in the last bit that is kept, and all zeros.</summary>
    private static Hash128[] Keys(Random random, int count)
    {
        var keys = new Hash128[count];
        for (int i = 0; i < count; i++)
        {
            ulong high = (ulong)random.NextInt64() << 1;
            keys[i] = random.Next(8) switch
            {
                0 or 1 => keys[random.Next(i + 1)],
                2 => new Hash128(high & ~(ulong)uint.MaxValue, 7),
                3 => new Hash128((ulong)random.Next(200) << 32, 0xFFFFFFFF),
                4 when i > 0 => keys[i - 1] with { Low = keys[i - 1].Low ^ 1 },
                5 when i > 0 => keys[i - 1] with { High = keys[i - 1].High ^ (1UL << 32) },
                _ => new Hash128(high & ~(ulong)uint.MaxValue, (ulong)random.NextInt64()),
            };
            // The two hashes that are taken for one.
            keys[i] = keys[i] == new Hash128(0, 1) ? default : keys[i];
        }
        return keys;
    }
}
