using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>Looks at the keys of inserted and deleted rows while they are written, and warns when most of the new ones are old ones written differently.</summary>
internal sealed class KeyWatch
{
    private readonly KeyLookalikes _lookalikes;
    private readonly long _inserts;

    private KeyWatch(long inserts)
    {
        _lookalikes = new KeyLookalikes(inserts);
        _inserts = inserts;
    }

    /// <summary>Null where keys cannot look alike: they hold no text, or none came or none went.</summary>
    public static KeyWatch? For(DiffCounts counts, JobColumns columns, IEnumerable<int> keys) =>
        counts.Inserts > 0 && counts.Deletes > 0 && keys.Any(k => columns.Columns[k].Type.Kind == ColumnKind.Text)
            ? new KeyWatch(counts.Inserts)
            : null;

    /// <summary>Takes the inserted among a batch's selected rows; before the first deleted one.</summary>
    public void AddInserted(RowBatch batch, IReadOnlyList<int> keys, RowBitmap inserted) =>
        _lookalikes.AddInserted(RowHashes.Pick(batch, keys), Selected(batch, inserted));

    /// <summary>Takes a batch's selected rows, all of them deleted.</summary>
    public void AddDeleted(RowBatch batch, IReadOnlyList<int> keys) =>
        _lookalikes.AddDeleted(RowHashes.Pick(batch, keys), Selected(batch, null));

    /// <summary>Warns if there is reason to.</summary>
    public void Warn(RunContext run)
    {
        if (_lookalikes.Matched * 2 > _lookalikes.Sampled)
        {
            string sample = _lookalikes.Sampled < _inserts ? " in a sample" : "";
            run.Warn(
                $"{_lookalikes.Matched} of {_lookalikes.Sampled} keys that look new{sample} equal a deleted one but for spaces around them or the case of letters: "
                    + "if they mean the same, make the two snapshots write them alike"
            );
        }
    }

    /// <summary>Positions in the batch of the rows that are selected, and in the bitmap.</summary>
    private static ReadOnlySpan<int> Selected(RowBatch batch, RowBitmap? bitmap)
    {
        int[] rows = batch.Lease.Rent<int>(batch.SelectedCount);
        int found = 0;
        for (int i = 0; i < batch.SelectedCount; i++)
        {
            int row = batch.Selection is null ? i : batch.Selection[i];
            rows[found] = row;
            found += bitmap is null || bitmap.Get(batch.Ordinal(row)) ? 1 : 0;
        }
        return rows.AsSpan(0, found);
    }
}
