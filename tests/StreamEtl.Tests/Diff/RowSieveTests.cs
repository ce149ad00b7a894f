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
            (int Key, int Print)[] old = Rows(random, keys);
            (int Key, int Print)[] now = Rows(random, keys);
            var budget = new MemoryBudget(1L << 30);
            using (var sieve = new RowSieve(budget, random.Next(1000)))
            {
                foreach ((long first, (int Key, int Print)[] part) in Parts(random, old))
                {
                    sieve.AddOld(Keys(part), Prints(part), first);
                }
                List<int> open = [];
                foreach ((long first, (int Key, int Print)[] part) in Parts(random, now))
                {
                    int[] found = new int[part.Length];
                    int count = sieve.AddNew(Keys(part), Prints(part), first, found);
                    open.AddRange(found.Take(count).Select(i => (int)first + i));
                }
                using SievedRows rows = sieve.Finish();
                Check(old, now, open, rows, seed);
            }
            Assert.Equal(0, budget.Used);
        }
    }

    private static void Check((int Key, int Print)[] old, (int Key, int Print)[] now, List<int> open, SievedRows rows, int seed)
    {
        Dictionary<int, int> countOfOld = old.GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.Count());
        Dictionary<int, int> countOfNew = now.GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.Count());
        // The first row of a key on NEW is settled where OLD has the key once, in an equal row; what comes after it opens the row of OLD again.
        var firstOfNew = new Dictionary<int, int>();
        for (int i = 0; i < now.Length; i++)
        {
            firstOfNew.TryAdd(now[i].Key, i);
        }
        HashSet<int> settledNew =
        [
            .. firstOfNew
                .Where(f => countOfOld.GetValueOrDefault(f.Key) == 1 && old.Single(o => o.Key == f.Key).Print == now[f.Value].Print)
                .Select(f => f.Value),
        ];
        Assert.True(Enumerable.Range(0, now.Length).Where(i => !settledNew.Contains(i)).SequenceEqual(open), $"seed {seed}");
        Assert.Equal(open, SetBits(rows.New));
        HashSet<int> settledKeys = [.. settledNew.Select(i => now[i].Key)];
        int[] closedOld = [.. Enumerable.Range(0, old.Length).Where(i => settledKeys.Contains(old[i].Key) && countOfNew[old[i].Key] == 1)];
        Assert.Equal(closedOld.Length, rows.Unchanged);
        Assert.Equal(Enumerable.Range(0, old.Length).Except(closedOld), SetBits(rows.Old));
        Assert.Equal(
            Enumerable.Range(0, old.Length).Where(i => settledKeys.Contains(old[i].Key) && countOfNew[old[i].Key] > 1),
            SetBits(rows.Equalled)
        );
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
