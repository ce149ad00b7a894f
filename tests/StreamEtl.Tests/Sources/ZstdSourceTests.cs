using StreamEtl.Errors;
using StreamEtl.Sources;

namespace StreamEtl.Tests.Sources;

/// <summary>
/// The fixture was written by the zstd command (1.5, <c>zstd --check</c>): the lines <c>i,i*i</c> for i from 0 to 999, then a second frame with <c>end</c>.
/// </summary>
public sealed class ZstdSourceTests
{
    private static readonly byte[] Stored = File.ReadAllBytes(
        RepositoryFiles.At("tests", "StreamEtl.Tests", "Sources", "Corpus", "two-frames.csv.zst")
    );

    private static readonly string Expected = string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i},{i * i}\n")) + "end\n";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 100)]
    [InlineData(100_000, 100_000)]
    public async Task ZstdSource_TwoFrames_ComeBackAsOne(int piece, int block)
    {
        await using IByteSource source = await Decompression.OpenAsync(new MemorySource(Stored, "a.csv.zst", piece), null, default);
        Assert.Equal(Expected, System.Text.Encoding.UTF8.GetString(await MemorySource.ReadAllAsync(source, block)));
        Assert.Equal(Stored.Length, source.Position);
    }

    [Fact]
    public async Task ZstdSource_RandomDamage_IsNeverAccepted()
    {
        var random = new Random(8);
        int refused = 0;
        for (int run = 0; run < 500; run++)
        {
            byte[] damaged = [.. Stored];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            refused += await IsRefused(run % 3 == 0 ? [.. Stored, (byte)random.Next(256)] : damaged) ? 1 : 0;
        }
        Assert.True(refused > 490, $"only {refused} refused");
    }

    [Fact]
    public async Task ZstdSource_EveryTruncation_IsDamage()
    {
        int secondFrame = Stored.AsSpan(4).IndexOf(Stored.AsSpan(0, 4)) + 4;
        for (int length = 0; length < Stored.Length; length++)
        {
            // A cut between two frames leaves a complete file; the format has nothing that could tell.
            Assert.True(length == secondFrame || await IsRefused(Stored[..length]), $"cut at {length}");
        }
    }

    private static async Task<bool> IsRefused(byte[] stored)
    {
        try
        {
            await using IByteSource source = await Decompression.OpenAsync(new MemorySource(stored, "a.csv.zst", 1000), null, default);
            Assert.Equal(Expected, System.Text.Encoding.UTF8.GetString(await MemorySource.ReadAllAsync(source)));
            return false;
        }
        catch (StreamEtlException e)
        {
            Assert.Equal(ErrorKind.DamagedCompression, e.Kind);
            return true;
        }
    }
}
