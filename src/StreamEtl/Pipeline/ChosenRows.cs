using StreamEtl.Batches;

namespace StreamEtl.Pipeline;

/// <summary>Selects rows by bitmaps over their ordinals, whatever their positions.</summary>
internal static class ChosenRows
{
    /// <summary>Selects the rows whose bit is set in one of two bitmaps.</summary>
    public static void Select(RowBatch batch, RowBitmap one, RowBitmap? other)
    {
        int[] rows = batch.Lease.Rent<int>(batch.RowCount);
        int found = 0;
        for (int i = 0; i < batch.RowCount; i++)
        {
            long ordinal = batch.Ordinal(i);
            rows[found] = i;
            found += one.Get(ordinal) || other?.Get(ordinal) == true ? 1 : 0;
        }
        batch.Select(rows, found);
    }
}
