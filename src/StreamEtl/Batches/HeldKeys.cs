using StreamEtl.Memory;

namespace StreamEtl.Batches;

/// <summary>Keys of rows that were set aside as malformed, where the key itself could be read: whoever compares snapshots must not take them for gone.</summary>
/// <param name="Columns">One for each plan column; null for those that are not of the key.</param>
/// <param name="Count">Rows.</param>
public sealed record HeldKeys(Column?[] Columns, int Count)
{
    /// <summary>
    /// Copies the keys of the rows of a batch whose bit is set in <paramref name="wanted"/> (null: all), unless it is in <paramref name="unreadable"/> too or a part of the key is
    /// NULL; null when there are none. <paramref name="keys"/> are the positions of the key's columns.
    /// </summary>
    internal static HeldKeys? Pick(
        Column?[] columns,
        ReadOnlySpan<int> keys,
        int count,
        ulong[]? wanted,
        ulong[]? unreadable,
        BufferLease lease
    )
    {
        int[] rows = lease.Rent<int>(count);
        int found = 0;
        for (int r = 0; r < count; r++)
        {
            rows[found] = r;
            bool readable = (wanted is null || IsSet(wanted, r)) && (unreadable is null || !IsSet(unreadable, r));
            foreach (int c in keys)
            {
                readable &= !columns[c]!.IsNull(r);
            }
            found += readable ? 1 : 0;
        }
        if (found == 0)
        {
            return null;
        }
        var picked = new Column?[columns.Length];
        foreach (int c in keys)
        {
            picked[c] = BatchCompactor.Gather(columns[c]!, rows.AsSpan(0, found), lease);
        }
        return new HeldKeys(picked, found);
    }

    private static bool IsSet(ulong[] bits, int row) => (bits[row >> 6] >> row & 1) != 0;
}
