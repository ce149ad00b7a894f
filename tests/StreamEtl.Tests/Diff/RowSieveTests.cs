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
            Func<int, Hash128> hash = Hashes(seed);
            (int Key, int Print)[] first = Rows(random, keys);
            (int Key, int Print)[] second = Rows(random, keys);
            var budget = new MemoryBudget(1L << 30);
            using (var sieve = new RowSieve(budget, random.Next(1000)))
            {
                foreach ((long firstRow, (int Key, int Print)[] part) in Parts(random, first))
                {
                    sieve.AddFirst(Keys(part, hash), Prints(part), firstRow);
                }
                List<int> open = [];
                foreach ((long firstRow, (int Key, int Print)[] part) in Parts(random, second))
                {
                    int[] found = new int[part.Length];
                    int count = sieve.AddSecond(Keys(part, hash), Prints(part), firstRow, found);
                    open.AddRange(found.Take(count).Select(i => (int)firstRow + i));
                }
                using SievedRows rows = sieve.Finish();
                Check(first, second, open, rows, seed);
            }
            Assert.Equal(0, budget.Used);
        }
    }

    [Fact]
    public void AddFirst_MoreRowsThanThereIsRoomFor_Grows()
    {
        const int Rows = 200_000;
        var random = new Random(1);
        Hash128[] keys = [.. Enumerable.Range(0, Rows).Select(_ => new Hash128(0, (ulong)random.NextInt64()))];
        ulong[] prints = [.. keys.Select(k => k.Low >> 40)];
        var budget = new MemoryBudget(1L << 30);
        using (var sieve = new RowSieve(budget, 0))
        {
            sieve.AddFirst(keys, prints, 0);
            int[] open = new int[Rows];
            int count = sieve.AddSecond(keys, prints, 0, open);
            using SievedRows rows = sieve.Finish();
            // Left open are keys whose 32 bits another key has as well.
            HashSet<uint> shared = [.. keys.GroupBy(k => (uint)k.Low).Where(g => g.Count() > 1).Select(g => g.Key)];
            int[] expected = [.. Enumerable.Range(0, Rows).Where(i => shared.Contains((uint)keys[i].Low))];
            Assert.Equal(expected, open[..count]);
            Assert.Equal(expected, SetBits(rows.First));
            Assert.Equal(Rows - expected.Length, rows.Unchanged);
        }
        Assert.Equal(0, budget.Used);
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

    /// <summary>Spread as hashes are; some share their line of the table, or too many for it, and those of one group are in the last line or the first.</summary>
    private static Func<int, Hash128> Hashes(int seed)
    {
        int shared = seed % 3 == 0 ? 3 : 50;
        ulong flip = seed % 2 == 0 ? 0 : 0xFFFFFF00;
        return key => new Hash128(0, (((ulong)(key / shared) * 0x9E3779B9 & 0xFFFFFF00) ^ flip) + (ulong)(key % shared));
    }

    private static Hash128[] Keys((int Key, int Print)[] rows, Func<int, Hash128> hash) => [.. rows.Select(r => hash(r.Key))];

    private static ulong[] Prints((int Key, int Print)[] rows) => [.. rows.Select(r => (ulong)r.Print)];
}
