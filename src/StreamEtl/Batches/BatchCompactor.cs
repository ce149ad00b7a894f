using StreamEtl.Memory;

namespace StreamEtl.Batches;

/// <summary>Copies the selected rows of a batch into a batch of their own.</summary>
internal static class BatchCompactor
{
    /// <summary>The selected rows, all selected, on a new lease. The source stays as it is.</summary>
    public static RowBatch Compact(RowBatch batch, BufferPool pool)
    {
        BufferLease lease = pool.Lease();
        try
        {
            ReadOnlySpan<int> rows = batch.Selection is { } selection
                ? selection.AsSpan(0, batch.SelectedCount)
                : All(batch.RowCount, lease);
            var columns = new Column?[batch.Columns.Length];
            for (int c = 0; c < columns.Length; c++)
            {
                columns[c] = batch.Columns[c] is { } column ? Gather(column, rows, lease) : null;
            }
            return new RowBatch(lease, rows.Length, columns)
            {
                FirstRow = batch.FirstRow,
                InputBytes = batch.InputBytes,
                LineCount = batch.LineCount,
                Rejects = batch.Rejects,
            };
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>The positions of all of <paramref name="count"/> rows, on a lease.</summary>
    public static ReadOnlySpan<int> All(int count, BufferLease lease)
    {
        int[] rows = lease.Rent<int>(count);
        for (int i = 0; i < count; i++)
        {
            rows[i] = i;
        }
        return rows.AsSpan(0, count);
    }

    /// <summary>The given rows of a column, on a lease.</summary>
    public static Column Gather(Column column, ReadOnlySpan<int> rows, BufferLease lease)
    {
        var gathered = new ColumnGatherer(column.Type, lease, rows.Length);
        gathered.Add(column, rows);
        return gathered.ToColumn();
    }

    /// <summary>The given elements, on a lease.</summary>
    public static T[] Gather<T>(T[] values, ReadOnlySpan<int> rows, BufferLease lease)
        where T : unmanaged
    {
        T[] result = lease.Rent<T>(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            result[i] = values[rows[i]];
        }
        return result;
    }
}
