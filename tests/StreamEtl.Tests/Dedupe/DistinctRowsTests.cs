using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Memory;

namespace StreamEtl.Tests.Dedupe;

/// <summary>The table of hashes against a set.</summary>
public sealed class DistinctRowsTests
{
    [Fact]
    public void Filter_OfAnyHashes_KeepsTheFirstOfEach()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            Hash128[] hashes = Hashes(random, random.Next(1, 40_000));
            var budget = new MemoryBudget(1L << 30);
            using (var rows = new DistinctRows(budget, seed % 2 == 0 ? 0 : hashes.Length / 2))
            {
                var seen = new HashSet<Hash128>();
                for (int at = 0; at < hashes.Length; )
                {
                    Hash128[] part = hashes[at..Math.Min(hashes.Length, at + random.Next(1, 3000))];
                    int[] kept = new int[part.Length];
                    int count = rows.Filter(part, kept);
                    Assert.True(
                        Enumerable.Range(0, part.Length).Where(i => seen.Add(part[i])).SequenceEqual(kept.Take(count)),
                        $"seed {seed}"
                    );
                    at += part.Length;
                }
            }
            Assert.Equal(0, budget.Used);
        }
    }

    [Fact]
    public void Filter_WithoutRoom_SaysSoAndGivesAllBack()
    {
        var budget = new MemoryBudget(4 << 20);
        using (var rows = new DistinctRows(budget, expected: 0))
        {
            Hash128[] hashes = Hashes(new Random(1), 400_000);
            Assert.Equal(-1, rows.Filter(hashes, new int[hashes.Length]));
        }
        Assert.Equal(0, budget.Used);
    }

    /// <summary>Spread, repeated, crowded in one line of the table, crowded in its last line, and all zeros.</summary>
    private static Hash128[] Hashes(Random random, int count)
    {
        var hashes = new Hash128[count];
        for (int i = 0; i < count; i++)
        {
            ulong high = (ulong)random.NextInt64() << 1;
            hashes[i] = random.Next(8) switch
            {
                0 => hashes[random.Next(i + 1)],
                1 => new Hash128(high, 7),
                2 => new Hash128((ulong)random.Next(200), 0xFFFFFFFF),
                3 => default,
                _ => new Hash128(high, (ulong)random.NextInt64()),
            };
        }
        return hashes;
    }
}
