using StreamEtl.Batches;
using StreamEtl.Hashing;
using StreamEtl.Memory;
using StreamEtl.Spill;

namespace StreamEtl.Diff;

/// <summary>
/// Compares two snapshots by key. Both sides' rows are remembered as hashes, partitioned by key; when both have been read, each partition is decided alone, in the
/// caches. Within a side, equal rows of one key are one row; of several the last counts (or the first). Between the sides: only new = insert, only old = delete,
/// both = update when the date is newer, or without a date when the rows differ.
/// </summary>
internal sealed class SnapshotDiff : IDisposable
{
    private const int KeyBytes = 160;

    private readonly RecordStore _store;
    private readonly MemoryBudget _budget;
    private readonly SnapshotDiffOptions _options;
    private byte[] _content = new byte[256];

    /// <summary>Compares nothing yet.</summary>
    public SnapshotDiff(MemoryBudget budget, string tempFolder, SnapshotDiffOptions options)
    {
        _budget = budget;
        _options = options;
        _store = new RecordStore(budget, tempFolder, options.Threads, KeepsContents);
    }

    /// <summary>A content is three parts, each behind its length: key, date (where it does not fit in a number), row.</summary>
    private bool KeepsContents => _options.Exact || _options.TextDate;

    /// <summary>Which side is shown to <see cref="Add"/> first: all of it comes before the first row of the other.</summary>
    public bool NewIsFirst { get; init; }

    /// <summary>Rows of the side that is shown first whose key began on the other with an equal row, which is not shown; null: none.</summary>
    public RowBitmap? Equalled { get; init; }

    /// <summary>Rows that were shown.</summary>
    public long Remembered => _store.Count;

    /// <summary>Bytes written to the temp folder.</summary>
    public long SpilledBytes => _store.SpilledBytes;

    /// <summary>
    /// Remembers the selected rows of a batch of OLD, or of NEW, with its hashes of keys and rows. <paramref name="date"/> is null without a date field; key and row columns are looked at in exact mode only.
    /// </summary>
    public void Add(bool isNew, RowBatch batch, Column? date, IReadOnlyList<Column> keyColumns, IReadOnlyList<Column> rowColumns)
    {
        for (int s = 0; s < batch.SelectedCount; s++)
        {
            int i = batch.Selection is { } selected ? selected[s] : s;
            int length = KeepsContents ? WriteContent(date, keyColumns, rowColumns, i) : 0;
            long ordinal = batch.Ordinal(i);
            long marks =
                (isNew ? KeyRecord.NewSide : 0) | (isNew == NewIsFirst && Equalled?.Get(ordinal) == true ? KeyRecord.SeenEqual : 0);
            _store.Add(
                new KeyRecord(batch.KeyHashes![i], batch.RowHashes![i].High, Rank(date, i), ordinal | marks),
                _content.AsSpan(0, length)
            );
        }
    }

    /// <summary>Decides.</summary>
    public DiffOutcome Finish(long oldRows, long newRows)
    {
        var outcome = new DiffOutcome(new RowBitmap(newRows, _budget), new RowBitmap(newRows, _budget), new RowBitmap(oldRows, _budget));
        _store.ForEach(() => new Scratch(), (partition, scratch) => outcome.Counts.Add(Decide(partition, scratch, outcome)));
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private ulong Rank(Column? date, int row) => date is null || _options.TextDate ? 0 : SortKey.Fixed(date, row, inverted: false);

    private int WriteContent(Column? date, IReadOnlyList<Column> keyColumns, IReadOnlyList<Column> rowColumns, int row)
    {
        int start = sizeof(int);
        int length = _options.Exact ? RowContent.Append(keyColumns, row, ref _content, start) : start;
        BitConverter.TryWriteBytes(_content, length - start);
        Array.Resize(ref _content, Math.Max(_content.Length, length + 256));
        start = length + sizeof(int);
        int end = _options.TextDate ? SortKey.Append(date!, row, inverted: false, ref _content, start) : start;
        BitConverter.TryWriteBytes(_content.AsSpan(length), end - start);
        return _options.Exact ? RowContent.Append(rowColumns, row, ref _content, end) : end;
    }

    private DiffCounts Decide(RecordPartition partition, Scratch scratch, DiffOutcome outcome)
    {
        var counts = new DiffCounts();
        KeyIndex index = scratch.Index;
        PartitionReader.Read(
            partition,
            Math.Max(1024, _budget.Limit / 8 / _options.Threads / (KeyBytes + (2 * partition.ContentBytes / Math.Max(partition.Count, 1)))),
            KeepsContents,
            (in KeyRecord record, ReadOnlySpan<byte> content) =>
            {
                ReadOnlySpan<byte> key = TakePart(ref content);
                ReadOnlySpan<byte> textDate = TakePart(ref content);
                int before = index.Count;
                int number = index.FindOrAdd(record.Key, key);
                if (number == before)
                {
                    if (number == scratch.States.Length)
                    {
                        Array.Resize(ref scratch.States, scratch.States.Length * 2);
                    }
                    scratch.States[number] = default;
                }
                ref KeyState state = ref scratch.States[number];
                See(ref record.IsNew ? ref state.New : ref state.Old, record, textDate, content, counts);
                if (record.HasEqual)
                {
                    // Its equal came before all other rows of the key on the other side. Where it was does not matter: a key that both sides have is not deleted.
                    See(ref record.IsNew ? ref state.Old : ref state.New, record, textDate, content, counts);
                }
            },
            () =>
            {
                for (int i = 0; i < index.Count; i++)
                {
                    Judge(ref scratch.States[i], outcome, counts);
                }
                index.Clear();
            }
        );
        return counts;
    }

    private void See(ref SideState side, in KeyRecord record, ReadOnlySpan<byte> textDate, ReadOnlySpan<byte> content, DiffCounts counts)
    {
        if (side.Present)
        {
            // The date tells rows apart even where --compare leaves it out: it decides whether the row is an update.
            if (
                side.Row == record.Row
                && side.Rank == record.Rank
                && textDate.SequenceEqual(side.TextDate)
                && content.SequenceEqual(side.Content)
            )
            {
                counts.Duplicates++;
            }
            else if (!side.Conflicts)
            {
                side.Conflicts = true;
                counts.ConflictingKeys++;
            }
            if (_options.KeepFirst)
            {
                return;
            }
        }
        side.Present = true;
        side.Row = record.Row;
        side.Rank = record.Rank;
        side.TextDate = textDate.IsEmpty ? null : textDate.ToArray();
        side.Ordinal = record.Ordinal;
        side.Content = content.IsEmpty ? null : content.ToArray();
    }

    private void Judge(ref KeyState state, DiffOutcome outcome, DiffCounts counts)
    {
        if (!state.Old.Present)
        {
            if (state.New.Present)
            {
                outcome.Inserted.Set(state.New.Ordinal);
                counts.Inserts++;
            }
        }
        else if (!state.New.Present)
        {
            outcome.Deleted.Set(state.Old.Ordinal);
            counts.Deletes++;
        }
        else
        {
            bool differs = state.Old.Row != state.New.Row || !state.Old.Content.AsSpan().SequenceEqual(state.New.Content);
            bool newer = state.New.Rank > state.Old.Rank || state.New.TextDate.AsSpan().SequenceCompareTo(state.Old.TextDate) > 0;
            if (_options.HasDate ? newer || (differs && !_options.StrictDate) : differs)
            {
                outcome.Updated.Set(state.New.Ordinal);
                counts.Updates++;
            }
            else if (differs)
            {
                counts.ChangedWithoutDate++;
            }
            else
            {
                counts.Unchanged++;
            }
        }
    }

    private static ReadOnlySpan<byte> TakePart(ref ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            return default;
        }
        int length = BitConverter.ToInt32(content);
        ReadOnlySpan<byte> part = content.Slice(sizeof(int), length);
        content = content[(sizeof(int) + length)..];
        return part;
    }

    /// <summary>What deciding a partition needs; kept for the thread's next one.</summary>
    private sealed class Scratch
    {
        public readonly KeyIndex Index = new();
        public KeyState[] States = new KeyState[512];
    }

    private struct SideState
    {
        public ulong Row;
        public ulong Rank;
        public long Ordinal;
        public byte[]? Content;
        public byte[]? TextDate;
        public bool Present;
        public bool Conflicts;
    }

    private struct KeyState
    {
        public SideState Old;
        public SideState New;
    }
}
