using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sources;
using StreamEtl.Storage;
using StreamEtl.Tests.Storage;

namespace StreamEtl.Tests.Sources;

/// <summary>Reading ahead from stores: front to back, in any order, by pattern.</summary>
public sealed class StoreReadingTests
{
    private readonly MemoryStore _store = new("s3://bucket");

    [Theory]
    [InlineData(0, 64_000_000)]
    [InlineData(1, 64_000_000)]
    [InlineData(5_000_000, 64_000_000)]
    [InlineData(30_000_000, 1_000_000_000)]
    public async Task ObjectInput_ReadTwice_GivesItsBytesEachTime(int length, long memory)
    {
        byte[] bytes = await PutAsync("x.csv", length);
        var pool = new BufferPool(new MemoryBudget(memory));
        await using (var input = new ObjectInput(_store, "x.csv", pool, new KeptBeginning()))
        {
            for (int pass = 0; pass < 2; pass++)
            {
                await using IByteSource source = await input.OpenAsync(default);
                byte[] read = new byte[length + 1];
                Assert.Equal(length, await source.ReadFullyAsync(read, default));
                Assert.True(bytes.AsSpan().SequenceEqual(read.AsSpan(0, length)));
                Assert.Equal(length, source.Position);
            }
        }
        Assert.Equal(0, pool.OutstandingLeases);
        // What is read ahead stays within its share, but for the rounding of arrays.
        Assert.True(pool.Budget.Peak <= TransferPlan.ReadBytes(memory) * 5 / 4 + (1 << 20), $"{pool.Budget.Peak} bytes");
    }

    [Theory]
    [InlineData(20_000_000)]
    [InlineData(100)]
    public async Task ObjectInput_SampledAndReadAgain_AsksForEachByteOnce(int length)
    {
        byte[] bytes = await PutAsync("x.csv", length);
        var store = new CountingStore(_store);
        var pool = new BufferPool(new MemoryBudget(1_000_000_000));
        await using (var input = new ObjectInput(store, "x.csv", pool, new KeptBeginning()))
        {
            byte[] read = new byte[length + 1];
            foreach (int sample in new[] { 50, 1 << 20, 3 << 20, length + 1 })
            {
                await using IByteSource source = await input.OpenAsync(default);
                int count = await source.ReadFullyAsync(read.AsMemory(0, Math.Min(sample, read.Length)), default);
                Assert.True(bytes.AsSpan(0, count).SequenceEqual(read.AsSpan(0, count)));
                Assert.Equal(Math.Min(sample, length), count);
            }
        }
        Assert.Equal(length, store.Asked);
        Assert.Equal(1, store.Opened);
        Assert.Equal(0, pool.OutstandingLeases);
    }

    [Fact]
    public async Task ObjectInput_OfManyThatAreSampled_OnlyOneKeepsItsBeginning()
    {
        await PutAsync("x.csv", 20_000_000);
        var pool = new BufferPool(new MemoryBudget(1_000_000_000));
        var kept = new KeptBeginning();
        var inputs = new List<ObjectInput>();
        for (int i = 0; i < 20; i++)
        {
            inputs.Add(new ObjectInput(_store, "x.csv", pool, kept));
            await using IByteSource source = await inputs[i].OpenAsync(default);
            await source.ReadFullyAsync(new byte[1 << 20], default);
        }
        Assert.Equal(1, pool.OutstandingLeases);
        Assert.True(pool.Budget.Peak < 25_000_000, $"{pool.Budget.Peak} bytes");
        // The next may, once the first has let go.
        await inputs[0].DisposeAsync();
        await using (IByteSource source = await inputs[1].OpenAsync(default))
        {
            Assert.Equal(1, pool.OutstandingLeases);
        }
        Assert.Equal(1, pool.OutstandingLeases);
        await inputs[1].DisposeAsync();
        Assert.Equal(0, pool.OutstandingLeases);
    }

    [Fact]
    public async Task ObjectInput_ReplacedAfterItsBeginning_IsAnError()
    {
        await PutAsync("x", 10_000_000);
        await using var input = new ObjectInput(_store, "x", new BufferPool(new MemoryBudget(64_000_000)), new KeptBeginning());
        await using (IByteSource source = await input.OpenAsync(default))
        {
            await source.ReadFullyAsync(new byte[5_000_000], default);
        }
        await PutAsync("x", 10_000_000);
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () => await input.OpenAsync(default));
        Assert.Equal(ErrorKind.Replaced, e.Kind);
    }

    /// <summary>What is still there of the first content goes on with the first content; a store that cannot give that fails (S3 by the tag that each question names).</summary>
    [Fact]
    public async Task ObjectInput_ReplacedAfterItsSample_GivesNoMixture()
    {
        byte[] first = await PutAsync("x", 40_000_000);
        await using var input = new ObjectInput(_store, "x", new BufferPool(new MemoryBudget(1_000_000_000)), new KeptBeginning());
        await using (IByteSource source = await input.OpenAsync(default))
        {
            await source.ReadFullyAsync(new byte[1_000_000], default);
        }
        await PutAsync("x", 40_000_001);
        await using IByteSource again = await input.OpenAsync(default);
        byte[] read = new byte[40_000_000];
        await again.ReadFullyAsync(read, default);
        Assert.True(first.AsSpan().SequenceEqual(read));
    }

    [Theory]
    [InlineData(64_000_000)]
    [InlineData(400_000_000)]
    public async Task ReadAheadBytes_InAnyOrder_AreTheBytes(long memory)
    {
        byte[] bytes = await PutAsync("x", 20_000_000);
        var pool = new BufferPool(new MemoryBudget(memory));
        ObjectBytes inner = await ObjectBytes.OpenAsync(_store, "x", default);
        var random = new Random(7);
        await using (IRandomBytes ahead = ReadAheadBytes.Over(inner, isRemote: true, pool))
        {
            // Streams that alternate, as columns do, and jumps.
            long[] streams = [0, 4_000_000, 4_100_000, 15_000_000];
            for (int i = 0; i < 3000; i++)
            {
                int stream = random.Next(streams.Length + 1);
                int length = random.Next(3) == 0 ? random.Next(500_000) : random.Next(2000);
                long offset = stream < streams.Length ? streams[stream] : random.Next(bytes.Length);
                offset = offset >= bytes.Length ? 0 : offset;
                length = (int)Math.Min(length, bytes.Length - offset);
                byte[] read = new byte[length];
                await ahead.ReadAsync(offset, read, default);
                Assert.True(read.AsSpan().SequenceEqual(bytes.AsSpan((int)offset, length)), $"step {i}: {length} bytes at {offset}");
                if (stream < streams.Length)
                {
                    streams[stream] = offset + length;
                }
            }
            await Assert.ThrowsAsync<StreamEtlException>(async () => await ahead.ReadAsync(bytes.Length - 1, new byte[2], default));
        }
        Assert.Equal(0, pool.OutstandingLeases);
    }

    [Fact]
    public async Task ReadAheadBytes_FrontToBack_AskFewTimes()
    {
        byte[] bytes = await PutAsync("x", 20_000_000);
        var counting = new CountingBytes(await ObjectBytes.OpenAsync(_store, "x", default));
        await using IRandomBytes ahead = ReadAheadBytes.Over(counting, isRemote: true, new BufferPool(new MemoryBudget(400_000_000)));
        byte[] read = new byte[10_000];
        for (long offset = 0; offset < bytes.Length; offset += read.Length)
        {
            await ahead.ReadAsync(offset, read, default);
        }
        Assert.True(counting.Readings < 20, $"{counting.Readings} readings");
    }

    [Theory]
    [InlineData("in/*.csv", "in/a.csv in/b.csv")]
    [InlineData("in/?.csv", "in/a.csv in/b.csv")]
    [InlineData("in/**/*.csv", "in/2024/c.csv in/2024/x/d.csv in/a.csv in/b.csv")]
    [InlineData("in/20[0-9][0-9]/*", "in/2024/c.csv")]
    [InlineData("**", "in/2024/c.csv in/2024/x/d.csv in/a.csv in/b.csv in/b.txt odd[1].csv")]
    [InlineData("odd[1].csv", "odd[1].csv")]
    public async Task StoreGlob_OfKeys_NamesThoseThatMatch(string pattern, string expected)
    {
        foreach (
            string key in new[] { "in/a.csv", "in/b.csv", "in/.hidden.csv", "in/b.txt", "in/2024/c.csv", "in/2024/x/d.csv", "odd[1].csv" }
        )
        {
            await PutAsync(key, 1);
        }
        Assert.Equal(expected.Split(' '), await StoreGlob.ExpandAsync(_store, pattern, default));
    }

    [Fact]
    public async Task StoreGlob_WithoutAMatch_IsAnError()
    {
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () =>
            await StoreGlob.ExpandAsync(_store, "a/*.csv", default)
        );
        Assert.Equal(ErrorKind.InputNotFound, e.Kind);
        Assert.Equal("s3://bucket/a/*.csv", e.Position?.Source);
    }

    private async Task<byte[]> PutAsync(string key, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        if (length > 2)
        {
            // Text, so that nobody takes it for something compressed.
            bytes[0] = bytes[1] = (byte)'x';
        }
        await _store.WriteWholeAsync(key, bytes, WriteCondition.Replace, default);
        return bytes;
    }

    private sealed class CountingStore(IObjectStore inner) : PassingStore(inner)
    {
        public int Opened { get; private set; }

        public long Asked { get; private set; }

        public override async ValueTask<IRangeReader> OpenReadAsync(string key, string? tag, CancellationToken cancellationToken)
        {
            Opened++;
            return new Reader(this, await base.OpenReadAsync(key, tag, cancellationToken));
        }

        private sealed class Reader(CountingStore store, IRangeReader inner) : IRangeReader
        {
            public ObjectInfo Info => inner.Info;

            public ValueTask<int> ReadAtAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
            {
                store.Asked += destination.Length;
                return inner.ReadAtAsync(offset, destination, cancellationToken);
            }

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }

    private sealed class CountingBytes(IRandomBytes inner) : IRandomBytes
    {
        public int Readings { get; private set; }

        public SourceInfo Info => inner.Info;

        public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
        {
            Readings++;
            return inner.ReadAsync(offset, destination, cancellationToken);
        }

        public void VerifyUnchanged() => inner.VerifyUnchanged();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
