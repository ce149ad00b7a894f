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
            ReadOnlySpan<int> rows = batch.Selection is { } selection ? selection.AsSpan(0, batch.SelectedCount) : All(batch, lease);
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

    private static ReadOnlySpan<int> All(RowBatch batch, BufferLease lease)
    {
        int[] rows = lease.Rent<int>(batch.RowCount);
        for (int i = 0; i < batch.RowCount; i++)
        {
            rows[i] = i;
        }
        return rows.AsSpan(0, batch.RowCount);
    }

    /// <summary>The given rows of a column, on a lease.</summary>
    public static Column Gather(Column column, ReadOnlySpan<int> rows, BufferLease lease)
    {
        ulong[]? nulls = null;
        int nullCount = 0;
        if (column.Nulls is not null)
        {
            nulls = lease.Rent<ulong>((rows.Length + 63) >> 6);
            Array.Clear(nulls);
            for (int i = 0; i < rows.Length; i++)
            {
                if (column.IsNull(rows[i]))
                {
                    nulls[i >> 6] |= 1UL << i;
                    nullCount++;
                }
            }
        }
        byte[]? bytes = null;
        TextView[]? views = null;
        if (column.Views is not null)
        {
            views = GatherText(column, rows, lease, out bytes);
        }
        return new Column
        {
            Type = column.Type,
            Count = rows.Length,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Longs = column.Longs is { } longs ? Gather(longs, rows, lease) : null,
            Wide = column.Wide is { } wide ? Gather(wide, rows, lease) : null,
            Views = views,
            Bytes = bytes,
        };
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

    private static TextView[] GatherText(Column column, ReadOnlySpan<int> rows, BufferLease lease, out byte[] bytes)
    {
        int total = 0;
        foreach (int row in rows)
        {
            total += column.Views![row].Length;
        }
        bytes = lease.Rent<byte>(total);
        TextView[] views = lease.Rent<TextView>(rows.Length);
        int position = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<byte> text = column.Text(rows[i]);
            text.CopyTo(bytes.AsSpan(position));
            views[i] = new TextView(position, text.Length);
            position += text.Length;
        }
        return views;
    }
}
