using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Spill;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Tests.Tables;

/// <summary>A ledger in memory against the records themselves.</summary>
public sealed class LedgerProbeTests
{
    private static readonly LedgerDiffOptions Options = new(Threads: 3, HasDate: false, StrictDate: false, KeepFirst: false);

    /// <summary>Keys are spread, or many share one line of the table, in the middle of a partition or at its end, so that lines run over and rows are left out.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Settles_the_rows_that_the_ledger_has_and_says_which(bool crowded)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            KeyRecord[] records = Records(random, 1 + random.Next(6000), crowded);
            var store = new MemoryStore("memory");
            int later = random.Next(2) * random.Next(200);
            List<LedgerFile> files = [await WriteAsync(store, "first", records.Where((_, i) => i >= later || i % 2 == 0))];
            if (later > 0)
            {
                // Some keys are new in the second file, some overtake the first one's.
                files.Add(await WriteAsync(store, "second", records[..Math.Min(later, records.Length)]));
            }
            var budget = new MemoryBudget(64 << 20);
            using LedgerProbe probe = (await LedgerProbe.TryReadAsync(store, files, records.Length, Options, budget, 64 << 20, default))!;

            KeyRecord[] input = [.. records.Where(_ => random.Next(10) > 0)];
            random.Shuffle(input);
            HashSet<Hash128> settled = Settle(probe, input);
            // Rows that the table does not have change nothing.
            Assert.Empty(Settle(probe, [.. input.Select(r => r with { Row = r.Row + 1 })]));

            await OpenLedger.ForEachRangeAsync(
                store,
                files,
                Options.Threads,
                async (_, ledger, cancelled) => await CheckAsync(probe, ledger, settled, cancelled),
                default
            );
            int open = input.Length - settled.Count;
            Assert.True(
                crowded ? open > 0 || records.Length < 1000 : open <= input.Length / 10,
                $"seed {seed}: {open} of {input.Length} open"
            );
        }
    }

    private static async Task CheckAsync(LedgerProbe probe, LedgerState ledger, HashSet<Hash128> settled, CancellationToken cancelled)
    {
        var block = new KeyRecord[LedgerState.BlockRecords];
        ulong[] bits = new ulong[LedgerState.BlockRecords / 64];
        var places = new LedgerProbe.Places();
        int count;
        while ((count = await ledger.ReadAsync(block, cancelled)) > 0)
        {
            probe.FindSettled(block.AsSpan(0, count), ref places, bits);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(settled.Contains(block[i].Key), (bits[i >> 6] >> i & 1) != 0);
            }
        }
    }

    /// <summary>The keys of the rows that are settled.</summary>
    private static HashSet<Hash128> Settle(LedgerProbe probe, KeyRecord[] input)
    {
        var settled = new HashSet<Hash128>();
        foreach (KeyRecord[] batch in input.Chunk(1000))
        {
            int[] open = new int[batch.Length];
            int count = probe.Settle([.. batch.Select(r => r.Key)], [.. batch.Select(r => new Hash128(r.Row, 0))], [], open);
            settled.UnionWith(batch.Select(r => r.Key));
            settled.ExceptWith(open.Take(count).Select(i => batch[i].Key));
        }
        return settled;
    }

    /// <summary>Records in the order of their keys.</summary>
    private static KeyRecord[] Records(Random random, int count, bool crowded)
    {
        ulong[] crowds = [.. Enumerable.Range(0, 8).Select(i => (ulong)random.NextInt64() << 1), 0, ulong.MaxValue << 40];
        var keys = new Dictionary<Hash128, KeyRecord>();
        while (keys.Count < count)
        {
            ulong high =
                crowded && random.Next(2) == 0 ? crowds[random.Next(crowds.Length)] | (uint)random.Next() : (ulong)random.NextInt64() << 1;
            var key = new Hash128(high, (ulong)random.NextInt64());
            keys.TryAdd(key, new KeyRecord(key, (ulong)random.NextInt64(), 0, LedgerFormat.Place(0, keys.Count)));
        }
        KeyRecord[] records = [.. keys.Values];
        Array.Sort(records, (a, b) => LedgerFormat.Compare(a.Key, b.Key));
        return records;
    }

    private static async Task<LedgerFile> WriteAsync(MemoryStore store, string name, IEnumerable<KeyRecord> records)
    {
        IObjectWriter writer = await store.CreateAsync(name, default);
        await using (writer)
        {
            var ledger = new LedgerWriter(writer.Stream);
            ledger.Write([.. records]);
            ledger.Finish();
            Assert.True(await writer.CommitAsync(WriteCondition.IfAbsent, default));
            return new LedgerFile(name, ledger.Count, writer.Length);
        }
    }
}
