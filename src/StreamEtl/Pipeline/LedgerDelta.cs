using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Memory;
using StreamEtl.Spill;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline;

/// <summary>
/// What a run changes in a table's ledger: records of keys that came or changed, and tombstones. Collected while partitions are decided, spilled where memory does not
/// suffice, written by rising key hash. Also keeps the checksum, and says which rows of which file went.
/// </summary>
internal sealed class LedgerDelta : IChangeSink, IDisposable
{
    private readonly RecordStore _records;
    private readonly TableChecksum[] _checksums = new TableChecksum[LedgerFormat.Partitions];
    private readonly RowBitmap[] _deleted;

    /// <summary>Collects nothing yet. <paramref name="files"/> are those of the version before.</summary>
    public LedgerDelta(MemoryBudget budget, string tempFolder, int threads, IReadOnlyList<TableFile> files)
    {
        _records = new RecordStore(budget, tempFolder, threads, keepsContents: false);
        _deleted = [.. files.Select(f => new RowBitmap(f.Rows, budget))];
    }

    /// <summary>Bytes on disk.</summary>
    public long SpilledBytes => _records.SpilledBytes;

    /// <summary>For each file of the version before, its rows that the run deletes.</summary>
    public IReadOnlyList<RowBitmap> DeletedRows => _deleted;

    /// <inheritdoc/>
    public void Inserted(in KeyRecord row)
    {
        _checksums[LedgerFormat.PartitionOf(row.Key)].Add(row.Key, row.Row);
        _records.Add(row);
    }

    /// <inheritdoc/>
    public void Updated(in KeyRecord row, ulong oldRow)
    {
        ref TableChecksum checksum = ref _checksums[LedgerFormat.PartitionOf(row.Key)];
        checksum.Remove(row.Key, oldRow);
        checksum.Add(row.Key, row.Row);
        _records.Add(row);
    }

    /// <inheritdoc/>
    public void Deleted(in Hash128 key, ulong oldRow, long ordinal)
    {
        _checksums[LedgerFormat.PartitionOf(key)].Remove(key, oldRow);
        _deleted[LedgerFormat.FileOf(ordinal)].Set(LedgerFormat.RowOf(ordinal));
        _records.Add(new KeyRecord(key, 0, 0, LedgerFormat.Tombstone));
    }

    /// <summary>The checksum of a version, from that of the version before.</summary>
    public TableChecksum Checksum(TableChecksum before)
    {
        foreach (TableChecksum part in _checksums)
        {
            before.Add(part);
        }
        return before;
    }

    /// <summary>
    /// The records partition by partition, sorted, and let go of. <paramref name="place"/> makes a row's ordinal its place. The array is used again for the next
    /// partition.
    /// </summary>
    public IEnumerable<ArraySegment<KeyRecord>> Drain(Func<long, long> place)
    {
        KeyRecord[] sorted = [];
        for (int p = 0; p < LedgerFormat.Partitions; p++)
        {
            int count = Take(p, ref sorted);
            Span<KeyRecord> records = sorted.AsSpan(0, count);
            foreach (ref KeyRecord record in records)
            {
                if (record.Place != LedgerFormat.Tombstone)
                {
                    record = record with { Place = place(record.Place) };
                }
            }
            records.Sort(static (a, b) => LedgerFormat.Compare(a.Key, b.Key));
            yield return new ArraySegment<KeyRecord>(sorted, 0, count);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        foreach (RowBitmap deleted in _deleted)
        {
            deleted.Dispose();
        }
    }

    private int Take(int partition, ref KeyRecord[] records)
    {
        using RecordPartition from = _records.Take(partition);
        if (records.Length < from.Count)
        {
            records = new KeyRecord[from.Count];
        }
        KeyRecord[] target = records;
        int count = 0;
        from.Read(
            (chunk, _) =>
            {
                chunk.CopyTo(target.AsSpan(count));
                count += chunk.Length;
            }
        );
        return count;
    }
}
