using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>
/// What a run changes in a table's ledger: records of keys that came or changed, and tombstones. Collected while keys are decided, by one caller at a time for each partition, spilled
/// where memory does not suffice, written by rising key hash. Also keeps the checksum, and says which rows of which file went.
/// </summary>
internal sealed class LedgerDelta : IDisposable
{
    private readonly RecordStore _records;
    private readonly RowBitmap[] _deleted;
    private readonly TableChecksum[] _checksums = new TableChecksum[LedgerFormat.Partitions];

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

    /// <summary>A key that came; the place is the ordinal of its row in the input.</summary>
    public void Inserted(in KeyRecord row)
    {
        Checksum(row.Key).Add(row.Key, row.Row);
        _records.Add(row);
    }

    /// <summary>A key whose row changed: the new row, and the hash that the old one had.</summary>
    public void Updated(in KeyRecord row, ulong oldRow)
    {
        Checksum(row.Key).Remove(row.Key, oldRow);
        Checksum(row.Key).Add(row.Key, row.Row);
        _records.Add(row);
    }

    /// <summary>A key that went: the hash of its row, and where that is.</summary>
    public void Deleted(in Hash128 key, ulong oldRow, long place)
    {
        Checksum(key).Remove(key, oldRow);
        _deleted[LedgerFormat.FileOf(place)].Set(LedgerFormat.RowOf(place));
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
        var sorter = new KeyRecordSorter();
        for (int p = 0; p < LedgerFormat.Partitions; p++)
        {
            using RecordPartition partition = _records.Take(p);
            sorter.Expect(partition.Count);
            partition.Read((records, _) => sorter.Add(records));
            ArraySegment<KeyRecord> sorted = sorter.Sort();
            foreach (ref KeyRecord record in sorted.AsSpan())
            {
                if (record.Place != LedgerFormat.Tombstone)
                {
                    record = record with { Place = place(record.Place) };
                }
            }
            yield return sorted;
        }
    }

    private ref TableChecksum Checksum(in Hash128 key) => ref _checksums[LedgerFormat.PartitionOf(key)];

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        foreach (RowBitmap deleted in _deleted)
        {
            deleted.Dispose();
        }
    }
}
