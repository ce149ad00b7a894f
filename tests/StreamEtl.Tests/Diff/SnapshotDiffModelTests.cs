using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Hashing;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Tests.Diff;

/// <summary>Random tables against a plain dictionary: in memory, spilled, with dates, with repeated and conflicting keys, and with contents compared.</summary>
public sealed class SnapshotDiffModelTests
{
    [Theory]
    [InlineData(1, 1 << 30, false)]
    [InlineData(2, 1 << 30, true)]
    [InlineData(3, 1 << 19, false)]
    [InlineData(4, 1 << 19, true)]
    public void Diff_RandomTables_EqualsTheDictionaryModel(int seed, long memory, bool exact)
    {
        var random = new Random(seed);
        for (int round = 0; round < (memory < 1 << 20 ? 3 : 40); round++)
        {
            int rows = memory < 1 << 20 ? 60_000 : random.Next(400);
            int keys = 1 + random.Next(rows + 1);
            (long Key, long Value, long Date)[] old = Draw(random, random.Next(rows + 1), keys);
            (long Key, long Value, long Date)[] now = Draw(random, random.Next(rows + 1), keys);
            bool hasDate = random.Next(2) == 0;
            bool strict = random.Next(2) == 0;
            bool first = random.Next(4) == 0;
            // A date kept among the contents, as texts are, must decide as one kept as a number does.
            bool textDate = hasDate && random.Next(2) == 0;
            var budget = new MemoryBudget(memory);
            using var diff = new SnapshotDiff(
                budget,
                Path.GetTempPath(),
                new SnapshotDiffOptions(2, hasDate, textDate, strict, first, exact)
            );
            Add(diff, false, old, hasDate, exact);
            Add(diff, true, now, hasDate, exact);
            using DiffOutcome outcome = diff.Finish(old.Length, now.Length);
            Assert.True(memory >= 1 << 20 || rows < 50_000 || old.Length + now.Length < 60_000 || diff.SpilledBytes > 0, "nothing spilled");
            Model(
                old,
                now,
                hasDate,
                strict,
                first,
                out HashSet<int> inserted,
                out HashSet<int> updated,
                out HashSet<int> deleted,
                out long duplicates
            );
            Assert.Equal(inserted, Set(outcome.Inserted, now.Length));
            Assert.Equal(updated, Set(outcome.Updated, now.Length));
            Assert.Equal(deleted, Set(outcome.Deleted, old.Length));
            Assert.Equal(duplicates, outcome.Counts.Duplicates);
        }
    }

    private static void Model(
        (long Key, long Value, long Date)[] old,
        (long Key, long Value, long Date)[] now,
        bool hasDate,
        bool strict,
        bool first,
        out HashSet<int> inserted,
        out HashSet<int> updated,
        out HashSet<int> deleted,
        out long duplicates
    )
    {
        duplicates = 0;
        Dictionary<long, int> before = Last(old, first, ref duplicates);
        Dictionary<long, int> after = Last(now, first, ref duplicates);
        inserted = [.. after.Where(p => !before.ContainsKey(p.Key)).Select(p => p.Value)];
        deleted = [.. before.Where(p => !after.ContainsKey(p.Key)).Select(p => p.Value)];
        updated = [];
        foreach ((long key, int row) in after)
        {
            if (!before.TryGetValue(key, out int was))
            {
                continue;
            }
            bool differs = old[was].Value != now[row].Value || old[was].Date != now[row].Date;
            bool newer = now[row].Date > old[was].Date;
            if (hasDate ? newer || (differs && !strict) : differs)
            {
                updated.Add(row);
            }
        }
    }

    private static Dictionary<long, int> Last((long Key, long Value, long Date)[] rows, bool first, ref long duplicates)
    {
        var last = new Dictionary<long, int>();
        for (int i = 0; i < rows.Length; i++)
        {
            if (last.TryGetValue(rows[i].Key, out int held))
            {
                duplicates += rows[held] == rows[i] ? 1 : 0;
                if (first)
                {
                    continue;
                }
            }
            last[rows[i].Key] = i;
        }
        return last;
    }

    private static (long Key, long Value, long Date)[] Draw(Random random, int rows, int keys) =>
        [.. Enumerable.Range(0, rows).Select(_ => ((long)random.Next(keys), (long)random.Next(3), (long)random.Next(3)))];

    private static readonly BufferPool Pool = new(new MemoryBudget(1 << 30));

    private static void Add(SnapshotDiff diff, bool isNew, (long Key, long Value, long Date)[] rows, bool hasDate, bool exact)
    {
        const int Batch = 1000;
        for (int at = 0; at < rows.Length; at += Batch)
        {
            var part = rows[at..Math.Min(at + Batch, rows.Length)];
            Column key = Longs(part.Select(r => r.Key));
            Column value = Longs(part.Select(r => r.Value));
            Column date = Longs(part.Select(r => r.Date));
            var keys = new Hash128[part.Length];
            var hashes = new Hash128[part.Length];
            RowHasher.Hash([key], part.Length, 1, keys);
            RowHasher.Hash([value, date], part.Length, 2, hashes);
            if (exact)
            {
                // What eight bits of a hash would leave: everything must be decided by content.
                for (int i = 0; i < part.Length; i++)
                {
                    keys[i] = new Hash128(keys[i].High & 0xFF00000000000000, 0);
                    hashes[i] = default;
                }
            }
            using var batch = new RowBatch(Pool.Lease(), part.Length, [key, value, date])
            {
                FirstRow = at,
                KeyHashes = keys,
                RowHashes = hashes,
            };
            diff.Add(isNew, batch, hasDate ? date : null, [key], [value, date]);
        }
    }

    private static Column Longs(IEnumerable<long> values)
    {
        long[] longs = [.. values];
        return new Column
        {
            Type = ColumnType.Integer,
            Count = longs.Length,
            Longs = longs,
        };
    }

    private static HashSet<int> Set(StreamEtl.Batches.RowBitmap bitmap, int rows) =>
        [.. Enumerable.Range(0, rows).Where(r => bitmap.Get(r))];
}
