using StreamEtl.Batches;
using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>
/// The ledger of a version, or some partitions of it: its files merged by key hash, of each key the record of the last file, without the keys that are gone. Memory is one block for each file,
/// whatever they hold.
/// </summary>
internal sealed class LedgerState(LedgerCursor[] cursors)
{
    /// <summary>Records that are read from a file at once.</summary>
    public const int BlockRecords = 4096;

    /// <summary>Fills the buffer with the next live records, by rising key hash; returns how many, 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<KeyRecord> records, CancellationToken cancellationToken)
    {
        int filled = 0;
        while (filled < records.Length)
        {
            bool any = false;
            foreach (LedgerCursor cursor in cursors)
            {
                if (cursor.IsUsedUp && !cursor.Ended)
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

    /// <summary>Merges until the buffer is full or a block is used up: run by run, since most records come from one file.</summary>
    private int Merge(Span<KeyRecord> records, int filled)
    {
        while (filled < records.Length)
        {
            LedgerCursor? best = null;
            Hash128? limit = null;
            foreach (LedgerCursor cursor in cursors)
            {
                if (cursor.Ended)
                {
                    continue;
                }
                // Of equal keys the later file's record counts.
                if (best is null || LedgerFormat.Compare(cursor.Key, best.Key) <= 0)
                {
                    limit = best?.Key;
                    best = cursor;
                }
                else if (limit is not { } other || LedgerFormat.Compare(cursor.Key, other) < 0)
                {
                    limit = cursor.Key;
                }
            }
            bool used = limit is { } next && next == best!.Key ? Overtake(best) : false;
            filled = best!.Take(records, filled, limit);
            if (used || best.IsUsedUp)
            {
                break;
            }
        }
        return filled;
    }

    /// <summary>Passes the records of the key of <paramref name="best"/> in other files; true when a block is used up.</summary>
    private bool Overtake(LedgerCursor best)
    {
        bool used = false;
        foreach (LedgerCursor cursor in cursors)
        {
            if (!cursor.Ended && !ReferenceEquals(cursor, best) && cursor.Key == best.Key)
            {
                cursor.Skip();
                used |= cursor.IsUsedUp;
            }
        }
        return used;
    }
}
