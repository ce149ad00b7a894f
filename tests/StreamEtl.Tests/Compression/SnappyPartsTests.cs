using System.Globalization;
using System.Text;
using StreamEtl.Compression;

namespace StreamEtl.Tests.Compression;

/// <summary>Blocks made from the parts of texts of one length are Snappy blocks of the same bytes, and small where parts recur.</summary>
public sealed class SnappyPartsTests
{
    [Fact]
    public void Compress_RandomTexts_IsReadBackAndWritesNowhereElse()
    {
        int found = 0;
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            byte[] page = Page(random, out int[] ends);
            // As of a page whose end is the sample: parts are found in one piece and used on another, which may hold texts of other lengths.
            int at = random.Next(page.Length + 1);
            if (SnappyParts.Find(page.AsSpan(at), ends, at) is not { } parts)
            {
                continue;
            }
            found++;
            int offset = random.Next(2) == 0 ? 0 : random.Next(page.Length + 1);
            ReadOnlySpan<byte> source = page.AsSpan(offset);
            byte[] guarded = new byte[Snappy.MaxCompressedLength(source.Length) + 128];
            guarded.AsSpan().Fill(0xA5);

            int length = parts.Compress(source, ends, offset, guarded.AsSpan(64, guarded.Length - 128));

            byte[] back = new byte[source.Length];
            Assert.True(Snappy.TryDecompress(guarded.AsSpan(64, length), back, out int written), $"seed {seed}");
            Assert.Equal(source.Length, written);
            Assert.True(source.SequenceEqual(back), $"seed {seed}");
            Assert.True(
                guarded.AsSpan(0, 64).IndexOfAnyExcept((byte)0xA5) < 0 && guarded.AsSpan(^64).IndexOfAnyExcept((byte)0xA5) < 0,
                $"seed {seed}"
            );
        }
        Assert.True(found > 200, $"parts found in {found} of 1500");
    }

    [Theory]
    [InlineData("yyyy-MM-dd HH:mm:ss")]
    [InlineData("dd.MM.yyyy HH:mm")]
    [InlineData("'DE-'yyyy-MM-dd'/'HHmm")]
    public void Compress_Times_SavesNearlyWhatSearchingDoes(string format)
    {
        byte[] page = Times(format, 20_000, out int[] ends);
        int at = page.Length - (32 << 10);
        SnappyParts? parts = SnappyParts.Find(page.AsSpan(at), ends, at);
        Assert.NotNull(parts);
        byte[] stored = new byte[Snappy.MaxCompressedLength(page.Length)];

        int searched = Snappy.Compress(page, stored);
        int byParts = parts.Compress(page, ends, 0, stored);

        Assert.True(
            page.Length - byParts > (page.Length - searched) * 7 / 8,
            $"{page.Length} bytes: {searched} searched, {byParts} by parts"
        );
    }

    [Fact]
    public void Compress_OneTextOfAnotherLength_IsReadBack()
    {
        byte[] page = Times("yyyy-MM-dd HH:mm:ss", 5000, out int[] ends);
        int at = page.Length - (32 << 10);
        SnappyParts parts = SnappyParts.Find(page.AsSpan(at), ends, at)!;
        // A text is missing in the middle of the page, so that one is twice as long, and the first of all is too short.
        int[] others = [ends[0] - 7, .. ends[..2000], .. ends[2001..]];
        byte[] stored = new byte[Snappy.MaxCompressedLength(page.Length)];
        byte[] back = new byte[page.Length];

        int length = parts.Compress(page, others, 0, stored);

        Assert.True(Snappy.TryDecompress(stored.AsSpan(0, length), back, out _));
        Assert.Equal(page, back);
    }

    [Fact]
    public void Find_NothingRecurs_IsNull()
    {
        var random = new Random(3);
        var page = new StringBuilder();
        for (int i = 0; i < 2000; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"{random.NextInt64():x16}");
        }
        int[] ends = [.. Enumerable.Range(1, 2000).Select(i => i * 16)];

        Assert.Null(SnappyParts.Find(System.Text.Encoding.ASCII.GetBytes(page.ToString()), ends, 0));
    }

    [Fact]
    public void Find_SeveralLengthsOrFewTexts_IsNull()
    {
        byte[] page = Times("yyyy-MM-dd HH:mm:ss", 2000, out int[] ends);

        Assert.NotNull(SnappyParts.Find(page, ends, 0));
        Assert.Null(SnappyParts.Find(page, [.. ends[..900], .. ends[901..]], 0));
        Assert.Null(SnappyParts.Find(page.AsSpan(0, ends[40]), ends.AsSpan(0, 41), 0));
        Assert.Null(SnappyParts.Find([], [], 0));
    }

    [Fact]
    public void Compress_RoomTooSmall_IsRefused()
    {
        byte[] page = Times("yyyy-MM-dd HH:mm:ss", 2000, out int[] ends);
        SnappyParts parts = SnappyParts.Find(page, ends, 0)!;

        Assert.Throws<ArgumentOutOfRangeException>(() => parts.Compress(page, ends, 0, new byte[page.Length]));
    }

    private static byte[] Times(string format, int count, out int[] ends)
    {
        var random = new Random(11);
        var start = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        var page = new List<byte>();
        ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            string text = start.AddSeconds(random.Next(700 * 86_400)).ToString(format, CultureInfo.InvariantCulture);
            page.AddRange(System.Text.Encoding.ASCII.GetBytes(text));
            ends[i] = page.Count;
        }
        return [.. page];
    }

    /// <summary>Some bytes that are no texts, then texts that are mostly of one length, each put together of parts that have few or many values, and of bytes that are always the same.</summary>
    private static byte[] Page(Random random, out int[] ends)
    {
        var kinds = new List<byte[][]>();
        for (int parts = random.Next(1, 6); parts > 0; parts--)
        {
            int length = random.Next(1, 14);
            kinds.Add([.. Enumerable.Range(0, random.Next(4) == 0 ? 1 : random.Next(1, 400)).Select(_ => Bytes(random, length))]);
        }
        var page = new List<byte>(Bytes(random, random.Next(0, 50)));
        var found = new List<int>();
        int odd = random.Next(3) == 0 ? 50 : int.MaxValue;
        for (int texts = random.Next(0, random.Next(10) == 0 ? 12_000 : 900); texts > 0; texts--)
        {
            if (random.Next(odd) == 1)
            {
                page.AddRange(Bytes(random, random.Next(0, 80)));
            }
            foreach (byte[][] values in kinds)
            {
                page.AddRange(values[random.Next(values.Length)]);
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
