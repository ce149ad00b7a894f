using StreamEtl.Memory;

namespace StreamEtl.Spill;

/// <summary>
/// Records of all rows, partitioned by the top bits of the key hash from the first on: a partition is small enough for the caches, is decided alone, and is the
/// unit in which memory overflows to disk. The outcome does not depend on where a partition lay.
/// </summary>
internal sealed class RecordStore : IDisposable
{
    /// <summary>Bits of the key hash that choose a partition.</summary>
    public const int PartitionBits = 8;

    /// <summary>Number of partitions.</summary>
    public const int Partitions = 1 << PartitionBits;

    /// <summary>What the runtime holds besides, of which no budget knows.</summary>
    private const long Runtime = 48 << 20;

    private const int LargestChunk = 1 << 15;
    private const int SmallestChunk = 64;
    private const int SmallestContents = 4 << 10;
    private const int LargestContents = 1 << 20;

    private readonly RecordPartition[] _partitions = new RecordPartition[Partitions];
    private readonly RecordStoreOptions _options;
    private readonly SpillFile _file;
    private readonly int _threads;

    /// <summary>
    /// Makes an empty store. <paramref name="keepsContents"/>: records come with contents. They stay in memory while the budget's use leaves enough for what is needed beside them while the
    /// store is emptied: another store, sorted partitions, bitmaps of both sides.
    /// </summary>
    public RecordStore(MemoryBudget budget, string tempFolder, int threads, bool keepsContents)
    {
        _file = new SpillFile(tempFolder);
        _threads = threads;
        // Chunks being written, one a partition, take at most a sixteenth of the memory.
        long perChunk = budget.Limit / 16 / Partitions / (keepsContents ? 160 : 40);
        _options = new RecordStoreOptions(
            budget,
            _file,
            (int)Math.Clamp(perChunk, SmallestChunk, LargestChunk),
            keepsContents,
            Math.Max(budget.Limit / 8, (budget.Limit - Runtime) / 8 * 5)
        )
        {
            ContentBytesPerChunk = (int)Math.Clamp(budget.Limit / 16 / Partitions, SmallestContents, LargestContents),
        };
        for (int i = 0; i < Partitions; i++)
        {
            _partitions[i] = new RecordPartition(_options);
        }
    }

    /// <summary>Records.</summary>
    public long Count => _partitions.Sum(p => p.Count);

    /// <summary>Bytes on disk.</summary>
    public long SpilledBytes => _file.Length;

    /// <summary>Adds a record to its partition. One caller at a time for each partition.</summary>
    public void Add(in KeyRecord record, ReadOnlySpan<byte> content = default) =>
        _partitions[record.Key.High >> (64 - PartitionBits)].Add(record, content);

    /// <summary>
    /// Decides every partition, several at once, and lets go of its memory. What a decision needs on the side is made once for each thread, by
    /// <paramref name="makeScratch"/>.
    /// </summary>
    public void ForEach<TScratch>(Func<TScratch> makeScratch, Action<RecordPartition, TScratch> decide) =>
        Parallel.For(
            0,
            Partitions,
            new ParallelOptions { MaxDegreeOfParallelism = _threads },
            makeScratch,
            (i, _, scratch) =>
            {
                decide(_partitions[i], scratch);
                _partitions[i].Dispose();
                return scratch;
            },
            _ => { }
        );

    /// <summary>A partition, by the bits that it has in common. The caller lets go of it.</summary>
    public RecordPartition Take(int partition) => _partitions[partition];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RecordPartition partition in _partitions)
        {
            partition.Dispose();
        }
        _file.Dispose();
    }
}
