using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Tests.Storage;

namespace StreamEtl.Tests.Tables;

public sealed class TableTransactionTests
{
    private static readonly DateTimeOffset Now = new(2024, 1, 19, 10, 11, 12, TimeSpan.Zero);

    /// <summary>Two runs at the same version that chose the same name: one makes the file, also in a store that lets both, and what the other takes away is not that.</summary>
    [Fact]
    public async Task Changes_OfTwoRunsUnderOneName_HaveOneMaker()
    {
        var log = new TableLog(new LenientStore(new MemoryStore()), new TableLayout("t"));
        await using var first = new TableTransaction(log, previous: null);
        await using IObjectWriter firsts = await WriteAsync(first, [1]);
        await using (var second = new TableTransaction(log, previous: null))
        {
            await using IObjectWriter seconds = await WriteAsync(second, [2]);
            Assert.Equal(firsts.Key, seconds.Key);
            Assert.True(await first.CommitAsync(firsts, "1", default));
            Assert.False(await second.CommitAsync(seconds, "2", default));
        }
        Assert.Equal([1], await log.Store.ReadWholeAsync("cdc/t_20240119_101112.parquet", 10, default));
    }

    /// <summary>The same under races.</summary>
    [Fact]
    public async Task Changes_OfRacingRuns_HaveOneMaker()
    {
        for (int round = 0; round < 200; round++)
        {
            var log = new TableLog(new LenientStore(new MemoryStore()), new TableLayout("t"));
            using var barrier = new Barrier(2);
            bool[] made = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => RaceAsync(log, (byte)i, barrier))));
            Assert.Single(made, m => m);
            byte[] winner = [(byte)Array.IndexOf(made, true)];
            Assert.Equal(winner, await log.Store.ReadWholeAsync("cdc/t_20240119_101112.parquet", 10, default));
        }
    }

    [Fact]
    public async Task Changes_UnderAClaimedName_GetTheNextSecond()
    {
        var log = new TableLog(new MemoryStore(), new TableLayout("t"));
        await using var first = new TableTransaction(log, previous: null);
        await using IObjectWriter writer = await WriteAsync(first, [1]);
        Assert.True(await first.CommitAsync(writer, "1", default));
        await log.Store.DeleteAsync(writer.Key, default);
        await using var second = new TableTransaction(log, previous: null);
        await using IObjectWriter other = await second.CreateChangesAsync(Now, default);
        Assert.Equal("cdc/t_20240119_101113.parquet", other.Key);
    }

    /// <summary>The winner stays without a record, and is kept by not being disposed: its process was killed.</summary>
    private static async Task<bool> RaceAsync(TableLog log, byte content, Barrier barrier)
    {
        var transaction = new TableTransaction(log, previous: null);
        await using IObjectWriter writer = await WriteAsync(transaction, [content]);
        barrier.SignalAndWait();
        if (await transaction.CommitAsync(writer, $"{content}", default))
        {
            return true;
        }
        await transaction.DisposeAsync();
        return false;
    }

    private static async Task<IObjectWriter> WriteAsync(TableTransaction transaction, byte[] content)
    {
        IObjectWriter writer = await transaction.CreateChangesAsync(Now, default);
        await writer.Stream.WriteAsync(content);
        return writer;
    }

    /// <summary>A store as some servers are: whoever completes a large object over one that is there is told that it was absent. Change files count as large.</summary>
    private sealed class LenientStore(IObjectStore inner) : PassingStore(inner)
    {
        public override async ValueTask<IObjectWriter> CreateAsync(string key, CancellationToken cancellationToken)
        {
            IObjectWriter writer = await base.CreateAsync(key, cancellationToken);
            return key.StartsWith("cdc/", StringComparison.Ordinal) ? new LenientWriter(writer) : writer;
        }
    }

    private sealed class LenientWriter(IObjectWriter inner) : IObjectWriter
    {
        public string Key => inner.Key;

        public Stream Stream => inner.Stream;

        public long Length => inner.Length;

        public ValueTask<bool> CommitAsync(WriteCondition condition, CancellationToken cancellationToken) =>
            inner.CommitAsync(WriteCondition.Replace, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
