using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Hashing;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Tests.Dedupe;

public sealed class DedupeModelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(90_000)]
    [InlineData(1_000_000)]
    public void DistinctRows_RandomHashes_KeepsTheFirstOfEach(long expectedRows)
    {
        var random = new Random(5);
        using var distinct = new DistinctRows(new MemoryBudget(long.MaxValue), expectedRows);
        var seen = new HashSet<Hash128>();
        int[] rows = new int[1000];
        for (int batch = 0; batch < 300; batch++)
        {
            Hash128[] hashes = [.. Enumerable.Range(0, 1000).Select(_ => Hash(random.Next(100_000)))];
            int kept = distinct.Filter(hashes, rows);
            int[] expected = [.. Enumerable.Range(0, 1000).Where(i => seen.Add(hashes[i]))];
            Assert.Equal(expected, rows[..kept]);
        }
    }

    [Theory]
    [InlineData(1 << 30, false, false, false, false)]
    [InlineData(1 << 30, true, false, true, true)]
    [InlineData(1 << 19, false, false, false, false)]
    [InlineData(1 << 19, true, true, false, true)]
    [InlineData(1 << 19, false, true, true, false)]
    [InlineData(1 << 19, true, false, true, true)]
    public void KeyedWinners_RandomRanks_EqualsTheModel(long memory, bool descending, bool keepLast, bool composite, bool exact)
    {
        var random = new Random(6);
        const int Rows = 50_000;
        long[] keys = [.. Enumerable.Range(0, Rows).Select(_ => (long)random.Next(20_000))];
        long[] ranks = [.. Enumerable.Range(0, Rows).Select(_ => (long)random.Next(5) - 2)];
        ulong[] nulls = new ulong[(Rows + 63) / 64];
        for (int i = 0; i < Rows; i += 7)
        {
            nulls[i >> 6] |= 1UL << i;
            ranks[i] = 0;
        }
        var rank = new Column
        {
            Type = ColumnType.Integer,
            Count = Rows,
            Longs = ranks,
            Nulls = nulls,
            NullCount = (Rows + 6) / 7,
        };
        var key = new Column
        {
            Type = ColumnType.Integer,
            Count = Rows,
            Longs = keys,
        };
        var hashes = new Hash128[Rows];
        RowHasher.Hash([key], Rows, 1, hashes);
        using var winners = new KeyedWinners(new MemoryBudget(memory), Path.GetTempPath(), 2, keepLast, [!descending], composite, exact);
        winners.Add(hashes, [key], [rank], 0);
        using RowBitmap bitmap = winners.Finish(Rows);
        int[] expected =
        [
            .. Enumerable
                .Range(0, Rows)
                .GroupBy(i => keys[i])
                .Select(g =>
                    g.OrderBy(i => rank.IsNull(i)).ThenBy(i => descending ? -ranks[i] : ranks[i]).ThenBy(i => keepLast ? -i : i).First()
                )
                .Order(),
        ];
        Assert.Equal(expected, Enumerable.Range(0, Rows).Where(i => bitmap.Get(i)));
        Assert.Equal(Rows - expected.Length, winners.DuplicatesRemoved);
        Assert.Equal(memory < 1 << 20, winners.SpilledBytes > 0);
    }

    [Fact]
    public void RowHasher_FieldBoundariesNullsAndZeros_AreTold()
    {
        Hash128[] hashes =
        [
            HashTexts("ab", "c"),
            HashTexts("a", "bc"),
            HashTexts("", "abc"),
            HashTexts(null, "abc"),
            HashTexts("abc", ""),
            HashTexts("abc", null),
            HashTexts("c", "ab"),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void RowHasher_SequentialKeys_DoNotCollideInEitherHalf()
    {
        const int Count = 1_000_000;
        long[] values = [.. Enumerable.Range(0, Count).Select(i => (long)i)];
        var hashes = new Hash128[Count];
        RowHasher.Hash(
            [
                new Column
                {
                    Type = ColumnType.Integer,
                    Count = Count,
                    Longs = values,
                },
            ],
            Count,
            1,
            hashes
        );
        Assert.Equal(Count, hashes.Select(h => h.High).Distinct().Count());
        Assert.Equal(Count, hashes.Select(h => h.Low).Distinct().Count());
        // Partitions by the top eight bits are even to within a few standard deviations.
        int[] sizes = [.. hashes.GroupBy(h => h.High >> 56).Select(g => g.Count())];
        Assert.Equal(256, sizes.Length);
        Assert.All(sizes, s => Assert.InRange(s, Count / 256 - 400, (Count / 256) + 400));
    }

    private static Hash128 HashTexts(params string?[] values)
    {
        Column[] columns =
        [
            .. values.Select(v =>
            {
                byte[] bytes = System.Text.Encoding.UTF8.GetBytes(v ?? "");
                return new Column
                {
                    Type = ColumnType.Text,
                    Count = 1,
                    NullCount = v is null ? 1 : 0,
                    Nulls = v is null ? [1] : null,
                    Views = [new TextView(0, bytes.Length)],
                    Bytes = [.. bytes, 0],
                };
            }),
        ];
        var result = new Hash128[1];
        RowHasher.Hash(columns, 1, 7, result);
        return result[0];
    }

    private static Hash128 Hash(int value)
    {
        var result = new Hash128[1];
        RowHasher.Hash(
            [
                new Column
                {
                    Type = ColumnType.Integer,
                    Count = 1,
                    Longs = [value],
                },
            ],
            1,
            1,
            result
        );
        return result[0];
    }
}
