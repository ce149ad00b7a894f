using StreamEtl.Batches;
using StreamEtl.Hashing;
using StreamEtl.Memory;
using StreamEtl.Spill;

namespace StreamEtl.Dedupe;

/// <summary>
/// One row for each key, where <see cref="RunningWinners"/> cannot decide: rows are remembered by hash, decision value and ordinal; when all have been seen, partitions are decided one by one.
/// Of rows of one key the one with the largest rank wins; of a full tie the first, or the last if so asked. The answer is a bitmap of winners.
/// </summary>
internal sealed class KeyedWinners : IDisposable
{
    private const int KeyBytes = 96;

    private readonly RecordStore _store;
    private readonly MemoryBudget _budget;
    private readonly int _threads;
    private readonly bool _keepLast;
    private readonly bool[] _inverted;
    private readonly bool _exact;
    private readonly bool _composite;
    private byte[] _content = new byte[256];

    /// <summary>
    /// <paramref name="inverted"/>: for each decision column, true when the smallest value wins. <paramref name="composite"/>: the decision does not fit in one
    /// number (several columns, or text). <paramref name="exact"/>: keys are compared by content.
    /// </summary>
    public KeyedWinners(MemoryBudget budget, string tempFolder, int threads, bool keepLast, bool[] inverted, bool composite, bool exact)
    {
        _budget = budget;
        _threads = threads;
        _keepLast = keepLast;
        _inverted = inverted;
        _composite = composite;
        _exact = exact;
        _store = new RecordStore(budget, tempFolder, threads, keepsContents: exact || composite);
    }

    /// <summary>Rows that lost.</summary>
    public long DuplicatesRemoved { get; private set; }

    /// <summary>Bytes written to the temp folder.</summary>
    public long SpilledBytes => _store.SpilledBytes;

    /// <summary>Remembers the rows of a batch. <paramref name="keyColumns"/> are looked at in exact mode only.</summary>
    public void Add(ReadOnlySpan<Hash128> keys, IReadOnlyList<Column> keyColumns, IReadOnlyList<Column> decisions, long firstRow)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            ulong rank = decisions.Count == 0 || _composite ? 0 : SortKey.Fixed(decisions[0], i, _inverted[0]);
            int length = 0;
            if (_exact || _composite)
            {
                length = sizeof(int);
                if (_exact)
                {
                    length = RowContent.Append(keyColumns, i, ref _content, length);
                }
                BitConverter.TryWriteBytes(_content, length - sizeof(int));
                for (int d = 0; d < decisions.Count; d++)
                {
                    length = SortKey.Append(decisions[d], i, _inverted[d], ref _content, length);
                }
            }
            _store.Add(new KeyRecord(keys[i], 0, rank, firstRow + i), _content.AsSpan(0, length));
        }
    }

    /// <summary>Decides. <paramref name="rows"/>: rows of the side.</summary>
    public RowBitmap Finish(long rows)
    {
        var winners = new RowBitmap(rows, _budget);
        long duplicates = 0;
        _store.ForEach(() => new Scratch(), (partition, scratch) => Interlocked.Add(ref duplicates, Decide(partition, scratch, winners)));
        DuplicatesRemoved = duplicates;
        return winners;
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private long Decide(RecordPartition partition, Scratch scratch, RowBitmap winners)
    {
        KeyIndex index = scratch.Index;
        long lost = 0;
        PartitionReader.Read(
            partition,
            Math.Max(1024, _budget.Limit / 8 / _threads / (KeyBytes + (partition.ContentBytes / Math.Max(partition.Count, 1)))),
            _exact || _composite,
            (in KeyRecord record, ReadOnlySpan<byte> content) =>
            {
                SplitContent(content, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> rank);
                int before = index.Count;
                int number = index.FindOrAdd(record.Key, key);
                if (number == before)
                {
                    if (number == scratch.Best.Length)
                    {
                        Array.Resize(ref scratch.Best, scratch.Best.Length * 2);
                    }
                    scratch.Best[number] = new Best(record.Rank, record.Ordinal, rank.ToArray());
                    return;
                }
                lost++;
                ref Best holder = ref scratch.Best[number];
                int comparison = record.Rank.CompareTo(holder.Rank);
                if (comparison == 0)
                {
                    comparison = rank.SequenceCompareTo(holder.Composite);
                }
                if (comparison > 0 || (comparison == 0 && _keepLast))
                {
                    holder = new Best(record.Rank, record.Ordinal, rank.ToArray());
                }
            },
            () =>
            {
                for (int i = 0; i < index.Count; i++)
                {
                    winners.Set(scratch.Best[i].Ordinal);
                }
                index.Clear();
            }
        );
        return lost;
    }

    private static void SplitContent(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> rank)
    {
        if (content.IsEmpty)
        {
            key = default;
            rank = default;
            return;
        }
        int length = BitConverter.ToInt32(content);
        key = content.Slice(sizeof(int), length);
        rank = content[(sizeof(int) + length)..];
    }

    /// <summary>What deciding a partition needs; kept for the thread's next one.</summary>
    private sealed class Scratch
    {
        public readonly KeyIndex Index = new();
        public Best[] Best = new Best[512];
    }

    private readonly record struct Best(ulong Rank, long Ordinal, byte[] Composite);
}
