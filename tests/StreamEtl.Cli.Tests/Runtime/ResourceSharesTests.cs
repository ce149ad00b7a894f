using StreamEtl.Cli.Runtime;

namespace StreamEtl.Cli.Tests.Runtime;

public sealed class ResourceSharesTests
{
    [Theory]
    [InlineData(1_000_000_000, 2, null, 5, 2)]
    [InlineData(1_000_000_000, 8, null, 3, 3)]
    [InlineData(200_000_000, 8, null, 5, 1)]
    [InlineData(200_000_000, 2, 3, 5, 3)]
    [InlineData(100_000_000, 8, 4, 5, 1)]
    [InlineData(10_000_000, 2, null, 5, 1)]
    public void Slots_AreAsManyAsCoresMemoryAndTablesAllow(long memory, int threads, int? parallel, int tables, int expected) =>
        Assert.Equal(expected, new ResourceShares(memory, threads, parallel, tables).Slots);

    [Fact]
    public void Shares_InAnyOrderOfBeginningAndEnding_AddUpToAtMostTheWhole()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        for (int round = 0; round < 500; round++)
        {
            long memory = random.NextInt64(64_000_000, 4_000_000_000);
            int threads = random.Next(1, 16);
            int tables = random.Next(1, 20);
            var shares = new ResourceShares(memory, threads, random.Next(2) == 0 ? null : random.Next(1, 20), tables);
            var taken = new List<ResourceShare>();
            int waiting = tables;
            while (waiting > 0 || taken.Count > 0)
            {
                if (waiting > 0 && taken.Count < shares.Slots && random.Next(3) > 0)
                {
                    taken.Add(shares.Take());
                    waiting--;
                }
                else if (taken.Count > 0)
                {
                    int at = random.Next(taken.Count);
                    shares.Return(taken[at]);
                    taken.RemoveAt(at);
                }
                Assert.True(taken.Sum(s => s.Memory) <= memory, $"seed {seed}, round {round}");
                Assert.True(taken.Sum(s => s.Threads) <= Math.Max(threads, shares.Slots), $"seed {seed}, round {round}");
                Assert.All(
                    taken,
                    s => Assert.True(s.Threads >= 1 && (s.Memory >= 60_000_000 || memory < 128_000_000), $"seed {seed}, round {round}: {s}")
                );
            }
        }
    }

    [Fact]
    public void Share_OfTheOnlyTableLeft_IsTheWholeThatIsFree()
    {
        var shares = new ResourceShares(1_000, 4, 2, 3);
        Assert.Equal(1, shares.Slots);
        shares = new ResourceShares(1_000_000_000, 4, 2, 3);
        ResourceShare first = shares.Take();
        ResourceShare second = shares.Take();
        Assert.Equal((500_000_000, 2), (first.Memory, first.Threads));
        shares.Return(first);
        shares.Return(second);
        Assert.Equal((1_000_000_000, 4), (shares.Take() is var last ? last.Memory : 0, last.Threads));
    }
}
