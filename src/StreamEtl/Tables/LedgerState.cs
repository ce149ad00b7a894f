using StreamEtl.Batches;
using StreamEtl.Spill;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// The ledger of a version: its files merged by key hash, of each key the record of the last file, without the keys that are gone. Memory is one block for each file,
/// whatever they hold.
/// </summary>
internal sealed class LedgerState : IAsyncDisposable
{
    /// <summary>Records that are read from a file at once.</summary>
    public const int BlockRecords = 4096;

    private readonly Cursor[] _cursors;

    private LedgerState(Cursor[] cursors) => _cursors = cursors;

    /// <summary>Opens the ledger of a version.</summary>
    public static ValueTask<LedgerState> OpenAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        CancellationToken cancellationToken
    ) => OpenAsync(store, files, LedgerRange.All, cancellationToken);

    /// <summary>Opens some partitions of the ledger of a version.</summary>
    public static async ValueTask<LedgerState> OpenAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        LedgerRange range,
        CancellationToken cancellationToken
    )
    {
        var state = new LedgerState(new Cursor[files.Count]);
        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                state._cursors[i] = new Cursor(
                    await LedgerReader.OpenAsync(store, files[i], range, cancellationToken).ConfigureAwait(false)
                );
            }
            return state;
        }
        catch
        {
            await state.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Fills the buffer with the next live records, by rising key hash; returns how many, 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<KeyRecord> records, CancellationToken cancellationToken)
    {
        int filled = 0;
        while (filled < records.Length)
        {
            bool any = false;
            foreach (Cursor cursor in _cursors)
            {
                if (cursor.At == cursor.Count && !cursor.Ended)
                {
                    await cursor.FillAsync(cancellationToken).ConfigureAwait(false);
                }
                any |= !cursor.Ended;
            }
            if (!any)
            {
                break;
            }
            filled = Merge(records.Span, filled);
        }
        return filled;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Cursor? cursor in _cursors)
        {
            if (cursor is not null)
            {
                await cursor.Reader.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Merges until the buffer is full or a block is used up: run by run, since most records come from one file.</summary>
    private int Merge(Span<KeyRecord> records, int filled)
    {
        while (filled < records.Length)
        {
            Cursor? best = null;
            Hash128? limit = null;
            foreach (Cursor cursor in _cursors)
            {
                if (cursor.Ended)
                {
                    continue;
                }
                // Of equal keys the later file's record counts.
                if (best is null || LedgerFormat.Compare(cursor.Current.Key, best.Current.Key) <= 0)
                {
                    limit = best?.Current.Key;
                    best = cursor;
                }
                else if (limit is not { } other || LedgerFormat.Compare(cursor.Current.Key, other) < 0)
                {
                    limit = cursor.Current.Key;
                }
            }
            bool used = limit is { } next && next == best!.Current.Key ? Overtake(best) : false;
            filled = best!.Take(records, filled, limit);
            if (used || best.At == best.Count)
            {
                break;
            }
        }
        return filled;
    }

    /// <summary>Passes the records of the key of <paramref name="best"/> in other files; true when a block is used up.</summary>
    private bool Overtake(Cursor best)
    {
        bool used = false;
        foreach (Cursor cursor in _cursors)
        {
            if (!cursor.Ended && !ReferenceEquals(cursor, best) && cursor.Current.Key == best.Current.Key)
            {
                cursor.At++;
                used |= cursor.At == cursor.Count;
            }
        }
        return used;
    }

    private sealed class Cursor(LedgerReader reader)
    {
        private readonly KeyRecord[] _block = new KeyRecord[BlockRecords];

        public LedgerReader Reader { get; } = reader;

        public int At { get; set; }

        public int Count { get; private set; }

        public bool Ended { get; private set; }

        public ref readonly KeyRecord Current => ref _block[At];

        /// <summary>Copies the current record and those before the limit, as far as the buffer has room; keys that are gone are left out.</summary>
        public int Take(Span<KeyRecord> records, int filled, Hash128? limit)
        {
            do
            {
                ref readonly KeyRecord record = ref _block[At++];
                if (record.Place != LedgerFormat.Tombstone)
                {
                    records[filled++] = record;
                }
            } while (At < Count && filled < records.Length && (limit is not { } end || LedgerFormat.Compare(_block[At].Key, end) < 0));
            return filled;
        }

        public async ValueTask FillAsync(CancellationToken cancellationToken)
        {
            Count = await Reader.ReadAsync(_block, cancellationToken).ConfigureAwait(false);
            At = 0;
            Ended = Count == 0;
        }
    }
}
