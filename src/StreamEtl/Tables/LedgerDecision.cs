using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>
/// Merges the rows of an input, sorted by key, with some partitions of a ledger, and decides key by key. Only in the input: insert. Only in the ledger: delete, unless the input was never meant to have
/// it. In both: update when the date is newer, or without a date when the rows differ.
/// </summary>
internal sealed class LedgerDecision(
    LedgerDiffOptions options,
    LedgerState ledger,
    LedgerProbe? probe,
    LedgerDelta delta,
    DiffOutcome outcome
)
{
    private readonly KeyRecord[] _block = new KeyRecord[LedgerState.BlockRecords];

    /// <summary>A bit for each record of the block: the row that it stands for was settled by an equal one.</summary>
    private readonly ulong[] _settled = new ulong[LedgerState.BlockRecords / 64];
    private readonly DiffCounts _counts = new();
    private readonly BitGatherer _inserted = new(outcome.Inserted);
    private readonly BitGatherer _updated = new(outcome.Updated);
    private LedgerProbe.Places _places;
    private int _at;
    private int _count;
    private bool _ended;
    private State _state;

    /// <summary>Decides the keys of some records, all of each key, in the order of the keys and of each key in that of the input.</summary>
    public async ValueTask DecideAsync(ArraySegment<KeyRecord> records, CancellationToken cancellationToken)
    {
        int next = 0;
        while (next < records.Count)
        {
            if (_at == _count && !_ended)
            {
                await FillAsync(cancellationToken).ConfigureAwait(false);
            }
            next += Step(records.AsSpan(next));
        }
    }

    /// <summary>Decides the one key of a range that has too many records to be sorted: they are in order already.</summary>
    public async ValueTask DecideAsync(RecordPartition partition, KeyRange range, CancellationToken cancellationToken)
    {
        Hash128? found = null;
        partition.Read((records, _) => found ??= FirstKey(records, range));
        Hash128 key = found!.Value;
        while (!Reach(key))
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
        bool known = Begin(key);
        partition.Read(
            (records, _) =>
            {
                foreach (ref readonly KeyRecord record in records)
                {
                    if (range.Has(record))
                    {
                        See(record);
                    }
                }
            }
        );
        End(key, known);
    }

    /// <summary>Decides the keys that only the ledger has still, and adds up.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            PassTo(_count);
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
        _inserted.Flush();
        _updated.Flush();
        outcome.Counts.Add(_counts);
    }

    private static Hash128? FirstKey(ReadOnlySpan<KeyRecord> records, KeyRange range)
    {
        foreach (ref readonly KeyRecord record in records)
        {
            if (range.Has(record))
            {
                return record.Key;
            }
        }
        return null;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _at = 0;
        _count = await ledger.ReadAsync(_block, cancellationToken).ConfigureAwait(false);
        _ended = _count == 0;
        probe?.FindSettled(_block.AsSpan(0, _count), ref _places, _settled);
    }

    /// <summary>Goes on until the ledger's block is used up or the records are; returns how many of these were.</summary>
    private int Step(ReadOnlySpan<KeyRecord> records)
    {
        int next = 0;
        while (next < records.Length && Reach(records[next].Key))
        {
            Hash128 key = records[next].Key;
            bool known = Begin(key);
            do
            {
                See(records[next++]);
            } while (next < records.Length && records[next].Key == key);
            End(key, known);
        }
        return next;
    }

    /// <summary>Passes the ledger's keys before this one; false when the block ended before it was clear that there are no more.</summary>
    private bool Reach(in Hash128 key)
    {
        int to = _at;
        while (to < _count && LedgerFormat.Compare(_block[to].Key, key) < 0)
        {
            to++;
        }
        PassTo(to);
        return _at < _count || _ended;
    }

    /// <summary>Passes keys that only the ledger has, or whose one row in the input is settled.</summary>
    private void PassTo(int to)
    {
        for (; _at < to; _at++)
        {
            if (IsSettled(_at))
            {
                _counts.Unchanged++;
            }
            else if (!options.Upsert)
            {
                ref readonly KeyRecord old = ref _block[_at];
                _counts.Deletes++;
                delta.Deleted(old.Key, old.Row, old.Place);
            }
        }
    }

    private bool IsSettled(int record) => (_settled[record >> 6] >> record & 1) != 0;

    /// <summary>Starts a key; true when the ledger has it.</summary>
    private bool Begin(in Hash128 key)
    {
        _state = default;
        if (_at == _count || _block[_at].Key != key)
        {
            return false;
        }
        if (IsSettled(_at))
        {
            // Its first row in the input is the ledger's.
            _state.Present = true;
            _state.Row = _block[_at].Row;
            _state.Rank = options.OneRank ?? _block[_at].Rank;
        }
        return true;
    }

    /// <summary>A row of the input: of equal ones one counts, of differing ones the last or the first, or the newest.</summary>
    private void See(in KeyRecord record)
    {
        if (record.IsHeld)
        {
            _state.Held = true;
        }
        else if (!_state.Present || Succeeds(record))
        {
            _state.Present = true;
            _state.Row = record.Row;
            _state.Rank = record.Rank;
            _state.Ordinal = record.Ordinal;
        }
    }

    private bool Succeeds(in KeyRecord record)
    {
        bool equal = _state.Row == record.Row;
        // The date tells rows apart even where it is not compared: it decides whether the row is an update.
        if (options.Upsert ? equal || _state.Rank != record.Rank : equal && (!options.HasDate || _state.Rank == record.Rank))
        {
            _counts.Duplicates++;
            return options.Upsert ? !equal && record.Rank > _state.Rank : !options.KeepFirst;
        }
        if (!_state.Conflicts)
        {
            _state.Conflicts = true;
            _counts.ConflictingKeys++;
        }
        return !options.KeepFirst;
    }

    private void End(in Hash128 key, bool known)
    {
        var row = new KeyRecord(key, _state.Row, _state.Rank, _state.Ordinal);
        if (!known)
        {
            if (_state.Present)
            {
                _inserted.Set(row.Ordinal);
                _counts.Inserts++;
                delta.Inserted(row);
            }
            return;
        }
        ref readonly KeyRecord old = ref _block[_at++];
        if (_state.Present)
        {
            Compare(old, row);
        }
        else if (options.Upsert)
        {
            return;
        }
        else if (_state.Held)
        {
            _counts.Held++;
        }
        else
        {
            _counts.Deletes++;
            delta.Deleted(key, old.Row, old.Place);
        }
    }

    private void Compare(in KeyRecord old, in KeyRecord row)
    {
        bool differs = old.Row != row.Row;
        bool newer = row.Rank > old.Rank;
        bool changes =
            options.Upsert ? differs && (newer || !options.StrictDate)
            : options.HasDate ? newer || (differs && !options.StrictDate)
            : differs;
        if (changes)
        {
            _updated.Set(row.Ordinal);
            _counts.Updates++;
            delta.Updated(row, old.Row);
        }
        else if (differs)
        {
            _counts.ChangedWithoutDate++;
        }
        else
        {
            _counts.Unchanged++;
        }
    }

    private struct State
    {
        public ulong Row;
        public ulong Rank;
        public long Ordinal;
        public bool Present;
        public bool Conflicts;
        public bool Held;
    }
}
