using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Types;

namespace StreamEtl.Tests.Diff;

public sealed class KeyLookalikesTests
{
    [Theory]
    [InlineData("ab", "AB", true)]
    [InlineData("ab", "\tab ", true)]
    [InlineData("Ação", " AÇÃO\u00A0", true)]
    [InlineData("a b", "ab", false)]
    [InlineData("", " ", true)]
    [InlineData("İ", "i", false)]
    public void Keys_TrimmedAndFolded_AreAlike(string deleted, string inserted, bool alike)
    {
        var lookalikes = new KeyLookalikes(1);
        lookalikes.AddInserted([Texts(inserted)], [0]);
        lookalikes.AddDeleted([Texts("other", deleted)], [0, 1]);
        Assert.Equal((1, alike ? 1 : 0), (lookalikes.Sampled, lookalikes.Matched));
    }

    [Fact]
    public void Keys_OfSeveralColumns_KeepTheirBorders()
    {
        var lookalikes = new KeyLookalikes(2);
        lookalikes.AddInserted([Texts("AB", "a"), Texts("c", "bc"), Numbers(1, 1)], [0, 1]);
        lookalikes.AddDeleted([Texts("ab", "a"), Texts("C", "BC"), Numbers(1, 2)], [0, 1]);
        Assert.Equal((2, 1), (lookalikes.Sampled, lookalikes.Matched));
    }

    [Fact]
    public void Keys_BeyondTheSample_AreJudgedByIt()
    {
        const int Count = (KeyLookalikes.MostSampled * 5) + 7;
        var lookalikes = new KeyLookalikes(Count);
        foreach (int[] part in Enumerable.Range(0, Count).Chunk(10_000))
        {
            lookalikes.AddInserted([Texts([.. part.Select(i => $"Key {i}")])], [.. Enumerable.Range(0, part.Length)]);
        }
        Assert.InRange(lookalikes.Sampled, KeyLookalikes.MostSampled / 2, KeyLookalikes.MostSampled);
        foreach (int[] part in Enumerable.Range(0, Count * 3 / 4).Chunk(10_000))
        {
            lookalikes.AddDeleted([Texts([.. part.Select(i => $"KEY {i} ")])], [.. Enumerable.Range(0, part.Length)]);
        }
        Assert.InRange((double)lookalikes.Matched / lookalikes.Sampled, 0.74, 0.76);
    }

    private static Column Texts(params string[] texts)
    {
        var bytes = new List<byte>();
        var views = new TextView[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            byte[] text = System.Text.Encoding.UTF8.GetBytes(texts[i]);
            views[i] = new TextView(bytes.Count, text.Length);
            bytes.AddRange(text);
        }
        return new Column
        {
            Type = ColumnType.Text,
            Count = texts.Length,
            Views = views,
            Bytes = [.. bytes],
        };
    }

    private static Column Numbers(params long[] values) =>
        new()
        {
            Type = ColumnType.Integer,
            Count = values.Length,
            Longs = values,
        };
}
