using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Tests.Batches;

public sealed class BitGathererTests
{
    /// <summary>Threads whose rows lie among each other's, in numbers around those that are set at once.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(50_000)]
    public void Set_FromSeveralThreads_LosesNoBit(int rowsOfEach)
    {
        const int Threads = 4;
        using var bits = new RowBitmap(Threads * 50_000, new MemoryBudget(1 << 20));
        Parallel.For(
            0,
            Threads,
            thread =>
            {
                var gatherer = new BitGatherer(bits);
                for (int i = 0; i < rowsOfEach; i++)
                {
                    gatherer.Set(((long)i * Threads) + thread);
                }
                gatherer.Flush();
            }
        );
        Assert.Equal((long)Threads * rowsOfEach, bits.Count());
        Assert.Equal((long)Threads * rowsOfEach, bits.Count(0, (long)Threads * rowsOfEach));
    }

    [Fact]
    public void Set_RowBeyondTheLast_IsRefused()
    {
        using var bits = new RowBitmap(64, new MemoryBudget(1 << 20));
        var gatherer = new BitGatherer(bits);
        gatherer.Set(64);
        Assert.Throws<IndexOutOfRangeException>(gatherer.Flush);
    }
}
