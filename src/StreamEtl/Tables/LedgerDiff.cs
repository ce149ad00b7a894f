using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Memory;
using StreamEtl.Spill;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// Compares an input with the ledger of a table. A ledger that fits in memory as a <see cref="LedgerProbe"/> settles the rows that did not change while they are read, and only the
/// others are remembered; one that does not settles nothing, and all are. At the end what is remembered is sorted, partition by partition, and merged with the ledger,
/// which is sorted already: so memory holds one partition for each thread, and what does not fit before is spilled once. The outcome is the same either way.
/// </summary>
internal sealed class LedgerDiff : IDisposable
{
    private readonly RecordStore _store;
    private readonly MemoryBudget _budget;
    private readonly LedgerDiffOptions _options;
    private LedgerProbe? _probe;

    /// <summary>Compares nothing yet.</summary>
    public LedgerDiff(MemoryBudget budget, string tempFolder, LedgerDiffOptions options)
    {
        _budget = budget;
        _options = options;
        _store = new RecordStore(budget, tempFolder, options.Threads, keepsContents: false);
    }

    /// <summary>Bytes written to the temp folder.</summary>
    public long SpilledBytes => _store.SpilledBytes;

    /// <summary>Rows that are remembered.</summary>
    public long Remembered => _store.Count;

    /// <summary>True when rows can be settled by the hashes of their records alone.</summary>
    public bool SettlesRecords => _options.ByRecord && _probe is not null;

    /// <summary>Reads the ledger into memory if it fits; before the first row.</summary>
    public async ValueTask ReadLedgerAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        long rows,
        CancellationToken cancellationToken
    )
    {
        // The other half is for batches and for what the input changes.
        _probe = await LedgerProbe
            .TryReadAsync(store, files, rows, _options, _budget, _budget.Limit / 2, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Takes rows of the input in their order; <paramref name="ranks"/> is empty where there are none. Writes the positions of rows that may be changes to <paramref name="open"/>, and
    /// returns how many; -1 where all may be.
    /// </summary>
    public int Add(ReadOnlySpan<Hash128> keys, ReadOnlySpan<Hash128> rows, ReadOnlySpan<ulong> ranks, long firstRow, Span<int> open)
    {
        if (_probe is null)
        {
            for (int i = 0; i < keys.Length; i++)
            {
                Remember(keys, rows, ranks, firstRow, i);
            }
            return -1;
        }
        int count = _probe.Settle(keys, rows, ranks, open);
        foreach (int i in open[..count])
        {
            Remember(keys, rows, ranks, firstRow, i);
        }
        return count;
    }

    /// <summary>By record: as <see cref="Add"/>, but remembers nothing; <see cref="AddOpen"/> does when the values of the rows that may be changes are known.</summary>
    public int Settle(ReadOnlySpan<Hash128> keys, ReadOnlySpan<ulong> records, Span<int> open) => _probe!.Settle(keys, [], records, open);

    /// <summary>Remembers the rows of a batch that <see cref="Settle"/> left open, with all their hashes.</summary>
    public void AddOpen(RowBatch batch)
    {
        for (int i = 0; i < batch.RowCount; i++)
        {
            long place = batch.Ordinal(i) | KeyRecord.NewSide;
            _store.Add(new KeyRecord(batch.KeyHashes![i], batch.RowHashes![i].High, batch.RecordHashes![i], place));
        }
    }

    /// <summary>Remembers that the input has a malformed row of this key: it is no delete.</summary>
    public void Hold(in Hash128 key) => _store.Add(new KeyRecord(key, 0, 0, KeyRecord.NewSide | KeyRecord.Held));

    /// <summary>Decides. <paramref name="files"/> are the ledger that was read, or none; changes go to <paramref name="delta"/>.</summary>
    public async Task<DiffOutcome> FinishAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        LedgerDelta delta,
        long newRows,
        CancellationToken cancellationToken
    )
    {
        var outcome = new DiffOutcome(new RowBitmap(newRows, _budget), new RowBitmap(newRows, _budget), new RowBitmap(0, _budget));
        try
        {
            await OpenLedger
                .ForEachRangeAsync(
                    store,
                    files,
                    _options.Threads,
                    async (range, ledger, cancelled) =>
                    {
                        var decision = new LedgerDecision(_options, ledger, _probe, delta, outcome);
                        await DecideAsync(decision, range, cancelled).ConfigureAwait(false);
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return outcome;
        }
        catch
        {
            outcome.Dispose();
            throw;
        }
    }

    private async Task DecideAsync(LedgerDecision decision, LedgerRange range, CancellationToken cancellationToken)
    {
        // A record lies in two arrays while it is sorted.
        long most = Math.Max(1024, _budget.Limit / 6 / _options.Threads / (2 * KeyRecord.Bytes));
        var sorter = new KeyRecordSorter();
        for (int p = range.First; p < range.End; p++)
        {
            using RecordPartition partition = _store.Take(p);
            foreach (KeyRange keys in KeyRange.Of(partition, p, most))
            {
                if (keys.OneKey && keys.Count > most)
                {
                    await decision.DecideAsync(partition, keys, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await decision.DecideAsync(Sort(sorter, partition, keys), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        await decision.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private static ArraySegment<KeyRecord> Sort(KeyRecordSorter sorter, RecordPartition partition, KeyRange keys)
    {
        sorter.Expect(keys.Count);
        partition.Read(
            (chunk, _) =>
            {
                if (keys.Count == partition.Count)
                {
                    sorter.Add(chunk);
                    return;
                }
                for (int i = 0; i < chunk.Length; i++)
                {
                    if (keys.Has(chunk[i]))
                    {
                        sorter.Add(chunk.Slice(i, 1));
                    }
                }
            }
        );
        return sorter.Sort();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _probe?.Dispose();
        _store.Dispose();
    }

    private void Remember(ReadOnlySpan<Hash128> keys, ReadOnlySpan<Hash128> rows, ReadOnlySpan<ulong> ranks, long firstRow, int row) =>
        _store.Add(new KeyRecord(keys[row], rows[row].High, ranks.IsEmpty ? 0 : ranks[row], (firstRow + row) | KeyRecord.NewSide));
}
