using StreamEtl.Memory;

namespace StreamEtl.Batches;

/// <summary>Takes rows out of a batch for good: they never count as rows.</summary>
internal static class BatchFilter
{
    /// <summary>The batch without the rows whose bit is set, its columns closed up in place.</summary>
    public static RowBatch Without(RowBatch batch, ulong[] rejected)
    {
        int[] keep = batch.Lease.Rent<int>(batch.RowCount);
        int count = 0;
        for (int r = 0; r < batch.RowCount; r++)
        {
            keep[count] = r;
            count += (rejected[r >> 6] >> r & 1) == 0 ? 1 : 0;
        }
        var columns = new Column?[batch.Columns.Length];
        for (int c = 0; c < columns.Length; c++)
        {
            columns[c] = batch.Columns[c] is { } column ? Close(column, keep.AsSpan(0, count)) : null;
        }
        return new RowBatch(batch.Lease, count, columns)
        {
            InputBytes = batch.InputBytes,
            LineCount = batch.LineCount,
            Rejects = batch.Rejects,
            Held = batch.Held,
            Evidence = batch.Evidence,
            Contradicted = batch.Contradicted,
            // Apart from the columns: who reads the rest of a row looks its record up where it was.
            RecordHashes = batch.RecordHashes is { } hashes ? BatchCompactor.Gather(hashes, keep.AsSpan(0, count), batch.Lease) : null,
            ReadRest = batch.ReadRest is { } read ? (rows, n) => ReadRest(batch, read, keep, rows, n) : null,
        };
    }

    /// <summary>Reads rows where they stood before rows were taken out; they are told by where they stand after, as their ordinals are.</summary>
    private static RowBatch ReadRest(RowBatch batch, Func<int[], int, RowBatch> read, int[] keep, int[] rows, int count)
    {
        RowBatch rest = read(Before(keep, rows, count, batch.Lease), count);
        rest.Positions = rows;
        return rest;
    }

    /// <summary>The positions before rows were taken out, in place of those after.</summary>
    private static int[] Before(int[] keep, int[] rows, int count, BufferLease lease)
    {
        int[] before = lease.Rent<int>(count);
        for (int i = 0; i < count; i++)
        {
            before[i] = keep[rows[i]];
        }
        return before;
    }

    private static Column Close(Column column, ReadOnlySpan<int> keep)
    {
        int nullCount = 0;
        for (int i = 0; i < keep.Length; i++)
        {
            // Rows only move towards the front, so nothing is overwritten before it has moved.
            bool isNull = column.IsNull(keep[i]);
            nullCount += isNull ? 1 : 0;
            if (column.Nulls is { } nulls)
            {
                nulls[i >> 6] = (nulls[i >> 6] & ~(1UL << i)) | (isNull ? 1UL << i : 0);
            }
            Move(column.Longs, i, keep[i]);
            Move(column.Wide, i, keep[i]);
            Move(column.Views, i, keep[i]);
        }
        return new Column
        {
            Type = column.Type,
            Count = keep.Length,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : column.Nulls,
            Longs = column.Longs,
            Wide = column.Wide,
            Views = column.Views,
            Bytes = column.Bytes,
        };
    }

    private static void Move<T>(T[]? values, int to, int from)
    {
        if (values is not null)
        {
            values[to] = values[from];
        }
    }
}
