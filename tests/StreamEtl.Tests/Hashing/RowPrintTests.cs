using StreamEtl.Batches;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Hashing;

/// <summary>Prints of equal rows are equal, those of others are not: a row with an equal print is not looked at again.</summary>
public sealed class RowPrintTests
{
    [Fact]
    public void Print_AllPairsOfSmallNumbers_AreTold()
    {
        const int Each = 1000;
        long[] first = [.. Enumerable.Range(0, Each * Each).Select(i => (long)(i / Each))];
        long[] second = [.. Enumerable.Range(0, Each * Each).Select(i => (long)(i % Each))];

        ulong[] prints = Print(Each * Each, Longs(first), Longs(second));

        Assert.Equal(prints.Length, prints.Distinct().Count());
    }

    [Fact]
    public void Print_OneBitOfOneValueChanged_IsAnother()
    {
        var random = new Random(20261123);
        for (int i = 0; i < 200; i++)
        {
            // The second is what makes the product of a step zero, where nothing of what enters it would be left.
            long[] row = [random.NextInt64(), unchecked((long)Folding.P2), random.Next(3), random.NextInt64()];
            ulong print = Print(1, [.. row.Select(v => Longs(v))])[0];
            Assert.Equal(print, Print(1, [.. row.Select(v => Longs(v))])[0]);
            for (int c = 0; c < row.Length; c++)
            {
                for (int bit = 0; bit < 64; bit++)
                {
                    long[] other = [.. row];
                    other[c] ^= 1L << bit;
                    Assert.NotEqual(print, Print(1, [.. other.Select(v => Longs(v))])[0]);
                }
            }
        }
    }

    [Fact]
    public void Print_TextsNullsAndTheirBoundaries_AreTold()
    {
        string?[] values =
        [
            null,
            "",
            "a",
            "b",
            "ab",
            "ba",
            "abc",
            "aaaaaaa",
            "aaaaaaaa",
            "aaaaaaaaa",
            new('a', 16),
            new('a', 17),
            new('a', 33),
        ];
        (string? A, string? B)[] rows = [.. values.SelectMany(a => values.Select(b => (a, b)))];

        ulong[] prints = Print(rows.Length, Texts([.. rows.Select(r => r.A)]), Texts([.. rows.Select(r => r.B)]));

        Assert.Equal(rows.Length, prints.Distinct().Count());
    }

    /// <summary>A text has the same print wherever it stands in its array, with few bytes or many behind it.</summary>
    [Fact]
    public void Print_OfATextAnywhere_IsTheSame()
    {
        var random = new Random(20261123);
        for (int length = 0; length <= 70; length++)
        {
            byte[] text = new byte[length];
            random.NextBytes(text);
            ulong? expected = null;
            for (int behind = 0; behind <= 20; behind++)
            {
                byte[] bytes = [1, 2, 3, .. text, .. Enumerable.Repeat((byte)random.Next(256), behind), 0];
                var column = new Column
                {
                    Type = ColumnType.Text,
                    Count = 1,
                    Bytes = bytes,
                    Views = [new TextView(3, length)],
                };
                expected ??= Print(1, column)[0];
                Assert.Equal(expected, Print(1, column)[0]);
            }
        }
    }

    private static ulong[] Print(int count, params Column[] columns)
    {
        ulong[] prints = new ulong[count];
        RowHasher.Print(columns, count, prints);
        return prints;
    }

    private static Column Longs(params long[] values) =>
        new()
        {
            Type = ColumnType.Integer,
            Count = values.Length,
            Longs = values,
        };

    private static Column Texts(string?[] values)
    {
        byte[][] texts = [.. values.Select(v => System.Text.Encoding.UTF8.GetBytes(v ?? ""))];
        ulong[] nulls = new ulong[(values.Length + 63) / 64];
        var views = new TextView[values.Length];
        int at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            nulls[i / 64] |= (values[i] is null ? 1UL : 0) << i;
            views[i] = new TextView(at, texts[i].Length);
            at += texts[i].Length;
        }
        return new Column
        {
            Type = ColumnType.Text,
            Count = values.Length,
            NullCount = values.Count(v => v is null),
            Nulls = nulls,
            Views = views,
            Bytes = [.. texts.SelectMany(t => t), 0],
        };
    }
}
