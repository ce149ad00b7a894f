using StreamEtl.Spill;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// The ledger of a version: its files merged by key hash, of each key the record of the last file, without the keys that are gone. Memory is one block for each file,
/// whatever they hold.
/// </summary>
internal sealed class LedgerState : IAsyncDisposable
{
    private const int BlockRecords = 4096;

    private readonly Cursor[] _cursors;

    private LedgerState(Cursor[] cursors) => _cursors = cursors;

    /// <summary>Opens the ledger of a version.</summary>
    public static async ValueTask<LedgerState> OpenAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        CancellationToken cancellationToken
    )
    {
        var state = new LedgerState(new Cursor[files.Count]);
        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                state._cursors[i] = new Cursor(await LedgerReader.OpenAsync(store, files[i], cancellationToken).ConfigureAwait(false));
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

    /// <summary>Merges until the buffer is full or a block is used up.</summary>
    private int Merge(Span<KeyRecord> records, int filled)
    {
        bool used = false;
        while (filled < records.Length && !used)
        {
            Cursor? best = null;
            foreach (Cursor cursor in _cursors)
            {
                // Of equal keys the later file's record counts.
                if (!cursor.Ended && (best is null || LedgerFormat.Compare(cursor.Current.Key, best.Current.Key) <= 0))
                {
                    best = cursor;
                }
            }
            KeyRecord record = best!.Current;
            foreach (Cursor cursor in _cursors)
            {
                if (!cursor.Ended && cursor.Current.Key == record.Key)
                {
                    cursor.At++;
                    used |= cursor.At == cursor.Count;
                }
            }
            if (record.Place != LedgerFormat.Tombstone)
            {
                records[filled++] = record;
            }
        }
        return filled;
    }

    private sealed class Cursor(LedgerReader reader)
    {
        private readonly KeyRecord[] _block = new KeyRecord[BlockRecords];

        public LedgerReader Reader { get; } = reader;

        public int At { get; set; }

        public int Count { get; private set; }

        public bool Ended { get; private set; }

        public ref readonly KeyRecord Current => ref _block[At];

        public async ValueTask FillAsync(CancellationToken cancellationToken)
        {
            Count = await Reader.ReadAsync(_block, cancellationToken).ConfigureAwait(false);
            At = 0;
            Ended = Count == 0;
        }
    }
}
