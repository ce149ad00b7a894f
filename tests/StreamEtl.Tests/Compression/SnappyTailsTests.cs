using StreamEtl.Compression;

namespace StreamEtl.Tests.Compression;

/// <summary>Blocks made from the ends of texts alone are Snappy blocks of the same bytes.</summary>
public sealed class SnappyTailsTests
{
    [Fact]
    public void Compress_RandomTexts_IsReadBackAndWritesNowhereElse()
    {
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            byte[] page = Page(random, out int[] ends);
            // What the compressor is shown may be the end of a page, in which the texts were counted from its start.
            int offset = random.Next(2) == 0 ? 0 : random.Next(page.Length + 1);
            ReadOnlySpan<byte> source = page.AsSpan(offset);
            byte[] guarded = new byte[Snappy.MaxCompressedLength(source.Length) + 128];
            guarded.AsSpan().Fill(0xA5);

            int length = SnappyTails.Instance.Compress(source, ends, offset, guarded.AsSpan(64, guarded.Length - 128));

            byte[] back = new byte[source.Length];
            Assert.True(Snappy.TryDecompress(guarded.AsSpan(64, length), back, out int written), $"seed {seed}");
            Assert.Equal(source.Length, written);
            Assert.True(source.SequenceEqual(back), $"seed {seed}");
            Assert.True(
                guarded.AsSpan(0, 64).IndexOfAnyExcept((byte)0xA5) < 0 && guarded.AsSpan(^64).IndexOfAnyExcept((byte)0xA5) < 0,
                $"seed {seed}"
            );
        }
    }

    [Fact]
    public void Compress_Addresses_SavesNearlyWhatSearchingDoes()
    {
        var random = new Random(7);
        var page = new List<byte>();
        var ends = new List<int>();
        for (int i = 0; i < 20_000; i++)
        {
            page.AddRange(System.Text.Encoding.ASCII.GetBytes($"{random.NextInt64():x16}"[..random.Next(6, 16)]));
            page.AddRange(random.Next(3) == 0 ? "@example.org"u8 : "@example.com"u8);
            ends.Add(page.Count);
        }
        byte[] stored = new byte[Snappy.MaxCompressedLength(page.Count)];

        int searched = Snappy.Compress(page.ToArray(), stored);
        int byTails = SnappyTails.Instance.Compress(page.ToArray(), ends.ToArray(), 0, stored);

        Assert.True(page.Count - byTails > (page.Count - searched) * 7 / 8, $"{page.Count} bytes: {searched} searched, {byTails} by tails");
    }

    [Fact]
    public void Compress_RoomTooSmall_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SnappyTails.Instance.Compress(new byte[100], [100], 0, new byte[100]));

    /// <summary>Some bytes that are no texts, then texts of any length, none included, many of which end in one of a few ways; now and then more than 64 KiB without any of those.</summary>
    private static byte[] Page(Random random, out int[] ends)
    {
        byte[][] tails = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Bytes(random, random.Next(0, 40)))];
        var page = new List<byte>(Bytes(random, random.Next(0, 50)));
        var found = new List<int>();
        int share = random.Next(0, 101);
        for (int texts = random.Next(0, 400); texts > 0; texts--)
        {
            page.AddRange(Bytes(random, random.Next(100) == 0 && random.Next(20) == 0 ? random.Next(150_000) : random.Next(0, 30)));
            if (random.Next(100) < share)
            {
                page.AddRange(tails[random.Next(tails.Length)]);
            }
            found.Add(page.Count);
        }
        ends = [.. found];
        return [.. page];
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
