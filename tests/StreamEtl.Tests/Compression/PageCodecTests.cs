using StreamEtl.Compression;
using StreamEtl.Errors;
using StreamEtl.Parquet;

namespace StreamEtl.Tests.Compression;

public sealed class PageCodecTests
{
    private const int Seed = 20260121;

    public static TheoryData<CompressionCodec> Codecs =>
        [
            CompressionCodec.Uncompressed,
            CompressionCodec.Snappy,
            CompressionCodec.Gzip,
            CompressionCodec.Brotli,
            CompressionCodec.Zstd,
            CompressionCodec.Lz4Raw,
        ];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Compress_ThenDecompress_GivesTheBytesBack(CompressionCodec codec)
    {
        var random = new Random(Seed);
        foreach (byte[] page in Pages(random))
        {
            byte[] stored = Compress(codec, page);
            byte[] back = new byte[page.Length];
            PageCodec.Decompress(codec, stored, back);
            Assert.Equal(page, back);
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decompress_IntoAnotherLength_IsDamage(CompressionCodec codec)
    {
        byte[] stored = Compress(codec, new byte[1000]);
        foreach (int length in new[] { 0, 999, 1001 })
        {
            StreamEtlException error = Assert.Throws<StreamEtlException>(() => PageCodec.Decompress(codec, stored, new byte[length]));
            Assert.Equal(ErrorKind.DamagedCompression, error.Kind);
        }
    }

    [Theory]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4Raw)]
    [InlineData(CompressionCodec.Zstd)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Brotli)]
    public void Decompress_DamagedBytes_EitherFailsCleanlyOrFillsThePage(CompressionCodec codec)
    {
        var random = new Random(Seed);
        byte[] page = Pages(random).MaxBy(p => p.Distinct().Count())!;
        byte[] whole = Compress(codec, page);
        // Guards on both sides show a write outside the page.
        byte[] guarded = new byte[page.Length + 128];
        for (int trial = 0; trial < 3000; trial++)
        {
            byte[] stored = whole[..random.Next(whole.Length + 1)];
            for (int flips = random.Next(4); flips > 0 && stored.Length > 0; flips--)
            {
                stored[random.Next(Math.Min(stored.Length, 200))] = (byte)random.Next(256);
            }
            Array.Fill(guarded, (byte)0xA5);
            try
            {
                PageCodec.Decompress(codec, stored, guarded.AsSpan(64, page.Length));
            }
            catch (StreamEtlException error)
            {
                Assert.Equal(ErrorKind.DamagedCompression, error.Kind);
            }
            Assert.True(guarded.AsSpan(0, 64).IndexOfAnyExcept((byte)0xA5) < 0 && guarded.AsSpan(^64).IndexOfAnyExcept((byte)0xA5) < 0);
        }
    }

    /// <summary>The block that the format's description spells out: "Wikipedia" by hand, with a copy that overlaps itself.</summary>
    [Fact]
    public void Snappy_HandmadeBlock_IsReadAsTheFormatSays()
    {
        // Length 10; literal "ab"; copy of 8 bytes from 2 back (tag 01: length 4 + 4, offset 2).
        byte[] block = [10, 1 << 2, (byte)'a', (byte)'b', 1 | (4 << 2), 2];
        byte[] page = new byte[10];
        Assert.True(Snappy.TryDecompress(block, page, out int written));
        Assert.Equal(10, written);
        Assert.Equal("ababababab"u8.ToArray(), page);
    }

    [Fact]
    public void Snappy_RepeatedText_IsMuchSmaller()
    {
        byte[] page = [.. Enumerable.Range(0, 5000).SelectMany(i => System.Text.Encoding.ASCII.GetBytes($"row {i % 10} of a table;"))];
        Assert.True(Compress(CompressionCodec.Snappy, page).Length < page.Length / 10);
    }

    private static byte[] Compress(CompressionCodec codec, byte[] page)
    {
        byte[] stored = new byte[PageCodec.MaxCompressedLength(codec, page.Length)];
        return stored[..PageCodec.Compress(codec, page, stored)];
    }

    /// <summary>Every short length, long runs, noise, and text of a few words, with lengths around the 64 KiB pieces.</summary>
    private static IEnumerable<byte[]> Pages(Random random)
    {
        int[] lengths = [.. Enumerable.Range(0, 80), 1000, 65_535, 65_536, 65_537, 65_551, 200_003];
        foreach (int length in lengths)
        {
            byte[] noise = new byte[length];
            random.NextBytes(noise);
            yield return noise;
            yield return new byte[length];
            byte[] words = new byte[length];
            for (int at = 0; at < length; )
            {
                byte[] word = [.. Enumerable.Range(0, random.Next(1, 90)).Select(_ => (byte)"abcdefg"[random.Next(1 + random.Next(7))])];
                for (int times = random.Next(1, 4); times > 0 && at < length; times--)
                {
                    int part = Math.Min(word.Length, length - at);
                    word.AsSpan(0, part).CopyTo(words.AsSpan(at));
                    at += part;
                }
            }
            yield return words;
        }
    }
}
