using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Parquet.Writing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Writing;

public sealed class TextBoundsTests
{
    private static readonly string Sixty = new('k', 60);

    public static TheoryData<string, string, bool> LongTexts =>
        new()
        {
            { new string('k', 64), new string('k', 64), true },
            { new string('k', 65), new string('k', 63) + "l", false },
            // A character is not cut in two: the last whole one gets the successor.
            { Sixty + "ééééé", Sixty + "éê", false },
            { Sixty + "kkk€€", new string('k', 62) + "l", false },
            // Code points that have no successor in UTF-8 of their own are passed over or dropped.
            { new string('k', 61) + "\uD7FF" + "x", new string('k', 61) + "\uE000", false },
            { Sixty + "\U0010FFFF" + "x", new string('k', 59) + "l", false },
        };

    [Theory]
    [MemberData(nameof(LongTexts))]
    public void Max_OfALongText_IsTheLeastTextAboveItsPrefix(string text, string max, bool isExact)
    {
        Bounds bounds = Of(ColumnType.Text, System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(max, System.Text.Encoding.UTF8.GetString(bounds.Max));
        Assert.Equal(isExact, bounds.MaxExact);
        Assert.True(bounds.Max.AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(text)) >= 0);
        Assert.StartsWith(System.Text.Encoding.UTF8.GetString(bounds.Min), text, StringComparison.Ordinal);
        Assert.Equal(isExact, bounds.MinExact);
    }

    [Fact]
    public void Max_OfBinaryWithoutSuccessor_IsWhole()
    {
        byte[] ones = [.. Enumerable.Repeat((byte)0xFF, 70)];
        Bounds bounds = Of(ColumnType.Binary, ones);
        Assert.Equal(ones, bounds.Max);
        Assert.True(bounds.MaxExact);
        Assert.Equal(64, bounds.Min.Length);
        Assert.False(bounds.MinExact);
    }

    [Fact]
    public void Max_OfBinary_IncrementsTheLastByteThatCan()
    {
        byte[] bytes = [1, 2, .. Enumerable.Repeat((byte)0xFF, 70)];
        Assert.Equal([1, 3], Of(ColumnType.Binary, bytes).Max);
    }

    [Fact]
    public void Bounds_OfManyTexts_AreThoseOfAPlainSort()
    {
        var random = new Random(7);
        for (int trial = 0; trial < 200; trial++)
        {
            byte[][] texts =
            [
                .. Enumerable
                    .Range(0, random.Next(1, 40))
                    .Select(_ => Enumerable.Range(0, random.Next(0, 12)).Select(_ => (byte)random.Next(0, 3)).ToArray()),
            ];
            Array.Sort(texts, (a, b) => a.AsSpan().SequenceCompareTo(b));
            byte[] min = texts[0];
            byte[] max = texts[^1];
            random.Shuffle(texts);
            Bounds bounds = Of(ColumnType.Binary, texts);
            Assert.Equal(min, bounds.Min);
            Assert.Equal(max, bounds.Max);
        }
    }

    /// <summary>Encodes one column through the public door and takes the bounds of its chunk.</summary>
    private static Bounds Of(ColumnType type, params byte[][] texts)
    {
        var pool = new BufferPool(new MemoryBudget(64 << 20));
        var views = new TextView[texts.Length];
        byte[] heap = [.. texts.SelectMany(t => t)];
        for (int i = 0, at = 0; i < texts.Length; at += texts[i++].Length)
        {
            views[i] = new TextView(at, texts[i].Length);
        }
        var column = new Column
        {
            Type = type,
            Count = texts.Length,
            Views = views,
            Bytes = heap,
        };
        using var batch = new RowBatch(pool.Lease(), texts.Length, [column]);
        using EncodedPart part = new ParquetEncoder([new Field("t", type, false)], new ParquetWriteOptions(), pool).Encode([batch]);
        return ((RowGroupPart)part).Columns[0].Bounds!;
    }
}
