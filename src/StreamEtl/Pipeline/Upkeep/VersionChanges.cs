using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Spill;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>How the ledger of a version differs from that of the version before, as bitmaps over the rows of their files.</summary>
internal sealed class VersionChanges : IDisposable
{
    private readonly CommitRecord _older;
    private readonly CommitRecord _newer;

    private VersionChanges(CommitRecord older, CommitRecord newer, MemoryBudget budget)
    {
        _older = older;
        _newer = newer;
        Deleted = Bitmaps(older, budget);
        Replaced = Bitmaps(older, budget);
        Inserted = Bitmaps(newer, budget);
        Updated = Bitmaps(newer, budget);
    }

    /// <summary>Rows of the older version whose key is gone.</summary>
    public RowBitmap[] Deleted { get; }

    /// <summary>Rows of the older version whose key has another row.</summary>
    public RowBitmap[] Replaced { get; }

    /// <summary>Rows of the newer version whose key is new.</summary>
    public RowBitmap[] Inserted { get; }

    /// <summary>Rows of the newer version whose key had another row.</summary>
    public RowBitmap[] Updated { get; }

    /// <summary>Compares the ledgers in one pass over both.</summary>
    public static async ValueTask<VersionChanges> ReadAsync(
        IObjectStore store,
        CommitRecord older,
        CommitRecord newer,
        MemoryBudget budget,
        CancellationToken cancellationToken
    )
    {
        var changes = new VersionChanges(older, newer, budget);
        try
        {
            OpenLedger before = await OpenLedger.OpenAsync(store, older.Ledger, cancellationToken).ConfigureAwait(false);
            await using (before.ConfigureAwait(false))
            {
                OpenLedger after = await OpenLedger.OpenAsync(store, newer.Ledger, cancellationToken).ConfigureAwait(false);
                await using (after.ConfigureAwait(false))
                {
                    var one = new Side(before.Read());
                    var other = new Side(after.Read());
                    while (
                        await one.FillAsync(cancellationToken).ConfigureAwait(false)
                        | await other.FillAsync(cancellationToken).ConfigureAwait(false)
                    )
                    {
                        changes.Step(one, other);
                    }
                }
            }
            return changes;
        }
        catch
        {
            changes.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RowBitmap bitmap in Deleted.Concat(Replaced).Concat(Inserted).Concat(Updated))
        {
            bitmap.Dispose();
        }
    }

    /// <summary>Goes on until one side has to be filled.</summary>
    private void Step(Side one, Side other)
    {
        while ((one.At < one.Count || one.Ended) && (other.At < other.Count || other.Ended) && !(one.Ended && other.Ended))
        {
            int order =
                one.Ended ? 1
                : other.Ended ? -1
                : LedgerFormat.Compare(one.Current.Key, other.Current.Key);
            if (order < 0)
            {
                Set(Deleted, one.Current.Place);
            }
            else if (order > 0)
            {
                Set(Inserted, other.Current.Place);
            }
            else if (!IsSame(one.Current.Place, other.Current.Place))
            {
                Set(Replaced, one.Current.Place);
                Set(Updated, other.Current.Place);
            }
            one.At += order <= 0 ? 1 : 0;
            other.At += order >= 0 ? 1 : 0;
        }
    }

    private bool IsSame(long older, long newer) =>
        LedgerFormat.RowOf(older) == LedgerFormat.RowOf(newer)
        && _older.Files[LedgerFormat.FileOf(older)].Path == _newer.Files[LedgerFormat.FileOf(newer)].Path;

    private static void Set(RowBitmap[] bitmaps, long place) => bitmaps[LedgerFormat.FileOf(place)].Set(LedgerFormat.RowOf(place));

    private static RowBitmap[] Bitmaps(CommitRecord record, MemoryBudget budget) =>
        [.. record.Files.Select(f => new RowBitmap(f.Rows, budget))];

    private sealed class Side(LedgerState ledger)
    {
        private readonly KeyRecord[] _block = new KeyRecord[4096];

        public int At { get; set; }

        public int Count { get; private set; }

        public bool Ended { get; private set; }

        public ref readonly KeyRecord Current => ref _block[At];

        /// <summary>Fills an empty block; false at the end.</summary>
        public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
        {
            if (At == Count && !Ended)
            {
                Count = await ledger.ReadAsync(_block, cancellationToken).ConfigureAwait(false);
                At = 0;
                Ended = Count == 0;
            }
            return !Ended;
        }
    }
}
