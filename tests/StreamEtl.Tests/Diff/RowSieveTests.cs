using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Memory;

namespace StreamEtl.Tests.Diff;

/// <summary>The table against a dictionary: what stays open, and what does not, for rows with keys of their own and of others.</summary>
public sealed class RowSieveTests
{
    [Fact]
    public void Finish_OfAnyRows_LeavesOpenWhatNoEqualRowSettles()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int keys = random.Next(1, 400);
            (int Key, int Print)[] first = Rows(random, keys);
            (int Key, int Print)[] second = Rows(random, keys);
            var budget = new MemoryBudget(1L << 30);
            using (var sieve = new RowSieve(budget, random.Next(1000)))
            {
                foreach ((long firstRow, (int Key, int Print)[] part) in Parts(random, first))
                {
                    sieve.AddFirst(Keys(part), Prints(part), firstRow);
                }
                List<int> open = [];
                foreach ((long firstRow, (int Key, int Print)[] part) in Parts(random, second))
                {
                    int[] found = new int[part.Length];
                    int count = sieve.AddSecond(Keys(part), Prints(part), firstRow, found);
                    open.AddRange(found.Take(count).Select(i => (int)firstRow + i));
                }
                using SievedRows rows = sieve.Finish();
                Check(first, second, open, rows, seed);
            }
            Assert.Equal(0, budget.Used);
        }
    }

    private static void Check((int Key, int Print)[] first, (int Key, int Print)[] second, List<int> open, SievedRows rows, int seed)
    {
        ILookup<int, int> inFirst = Enumerable.Range(0, first.Length).ToLookup(i => first[i].Key);
        ILookup<int, int> inSecond = Enumerable.Range(0, second.Length).ToLookup(i => second[i].Key);
        // The first row of a key on the second side is settled where the first side has the key once, in an equal row; one that comes after it opens the row of the first side again.
        int[] equal =
        [
            .. inSecond
                .Where(k => inFirst[k.Key].Count() == 1 && first[inFirst[k.Key].First()].Print == second[k.First()].Print)
                .Select(k => k.Key),
        ];
        int[] again = [.. equal.Where(k => inSecond[k].Count() > 1)];
        int[] closed = [.. equal.Except(again)];
        HashSet<int> settled = [.. equal.Select(k => inSecond[k].First())];
        Assert.True(Enumerable.Range(0, second.Length).Where(i => !settled.Contains(i)).SequenceEqual(open), $"seed {seed}");
        Assert.Equal(open, SetBits(rows.Second));
        Assert.Equal(Enumerable.Range(0, first.Length).Except(closed.Select(k => inFirst[k].First())), SetBits(rows.First));
        Assert.Equal(closed.Length, rows.Unchanged);
        Assert.Equal(again.Select(k => inFirst[k].First()).Order(), SetBits(rows.Equalled));
    }

    private static IEnumerable<int> SetBits(RowBitmap bits) => Enumerable.Range(0, (int)bits.Rows).Where(i => bits.Get(i));

    private static (int Key, int Print)[] Rows(Random random, int keys)
    {
        int repeated = random.Next(3) == 0 ? random.Next(keys) : 0;
        int[] chosen =
        [
            .. Enumerable.Range(0, keys).Where(_ => random.Next(4) > 0),
            .. Enumerable.Range(0, repeated).Select(_ => random.Next(keys)),
        ];
        random.Shuffle(chosen);
        return [.. chosen.Select(k => (k, random.Next(5) == 0 ? random.Next(3) : 0))];
    }

    private static IEnumerable<(long First, (int Key, int Print)[] Part)> Parts(Random random, (int Key, int Print)[] rows)
    {
        for (int at = 0; at < rows.Length; )
        {
            int count = Math.Min(random.Next(1, 200), rows.Length - at);
            yield return (at, rows[at..(at + count)]);
            at += count;
        }
    }

    /// <summary>Spread as hashes are; some share their slot.</summary>
    private static Hash128[] Keys((int Key, int Print)[] rows) =>
        [.. rows.Select(r => new Hash128(0, ((ulong)(r.Key / 3) * 0x9E3779B9 & 0xFFFFFF00) + (ulong)(r.Key % 3)))];

    private static ulong[] Prints((int Key, int Print)[] rows) => [.. rows.Select(r => (ulong)r.Print)];
}
