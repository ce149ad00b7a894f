namespace StreamEtl.Spill;

/// <summary>The partitions of a store sorted by key, a few ahead of the one that is asked for, on other threads.</summary>
internal sealed class SortedPartitions : IAsyncDisposable
{
    private readonly RecordStore _store;
    private readonly KeyRecordSorter[] _sorters;
    private readonly Task<ArraySegment<KeyRecord>>?[] _sorted;

    /// <summary>Sorts nothing yet. Arrays take at most <paramref name="bytes"/> in all.</summary>
    public SortedPartitions(RecordStore store, int threads, long bytes)
    {
        _store = store;
        _sorters = [.. Enumerable.Range(0, threads + 1).Select(_ => new KeyRecordSorter())];
        _sorted = new Task<ArraySegment<KeyRecord>>?[RecordStore.Partitions];
        // A record lies in two arrays while it is sorted.
        MostRecords = Math.Max(1024, bytes / _sorters.Length / (2 * KeyRecord.Bytes));
    }

    /// <summary>Records that are sorted at once.</summary>
    public long MostRecords { get; }

    /// <summary>
    /// All records of a partition that has no more than <see cref="MostRecords"/>. Partitions are asked for in rising order; the records of one are good until the next.
    /// </summary>
    public Task<ArraySegment<KeyRecord>> SortAsync(int partition)
    {
        for (int p = partition; p < Math.Min(partition + _sorters.Length - 1, _sorted.Length); p++)
        {
            if (_sorted[p] is null && _store.Take(p).Count <= MostRecords)
            {
                int number = p;
                _sorted[p] = Task.Run(() => Sort(number, null));
            }
        }
        return _sorted[partition]!;
    }

    /// <summary>The records of a range of a partition that has more.</summary>
    public ArraySegment<KeyRecord> Sort(int partition, KeyRange? range)
    {
        KeyRecordSorter sorter = _sorters[partition % _sorters.Length];
        RecordPartition records = _store.Take(partition);
        sorter.Expect(range?.Count ?? records.Count);
        records.Read(
            (chunk, _) =>
            {
                if (range is not { } wanted)
                {
                    sorter.Add(chunk);
                    return;
                }
                for (int i = 0; i < chunk.Length; i++)
                {
                    if (wanted.Has(chunk[i]))
                    {
                        sorter.Add(chunk.Slice(i, 1));
                    }
                }
            }
        );
        return sorter.Sort();
    }

    /// <summary>Waits for what is being sorted: the records must not go before.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_sorted.OfType<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
