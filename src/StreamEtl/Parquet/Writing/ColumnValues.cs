using System.Numerics;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>
/// One column of a row group: the selected rows of all batches one after the other, values without the NULLs, and a bit for each row that has one. Texts stay where
/// they are; only their views are gathered, in runs of one batch each.
/// </summary>
internal sealed class ColumnValues
{
    private readonly List<(int Start, byte[] Bytes)> _heaps = [];

    private ColumnValues(int rows) => Rows = rows;

    /// <summary>Rows, NULLs included.</summary>
    public int Rows { get; }

    /// <summary>Values that are not NULL.</summary>
    public int Present { get; private set; }

    /// <summary>Bit r is set where row r has a value; null when all have.</summary>
    public ulong[]? Validity { get; private set; }

    /// <summary>Fixed-width values.</summary>
    public long[] Longs { get; private set; } = [];

    /// <summary>128-bit decimals.</summary>
    public Int128[] Wide { get; private set; } = [];

    /// <summary>Texts; each in the array that <see cref="Heaps"/> tells.</summary>
    public TextView[] Views { get; private set; } = [];

    /// <summary>Runs of views that point into one array: index of the first, and the array.</summary>
    public IReadOnlyList<(int Start, byte[] Bytes)> Heaps => _heaps;

    /// <summary>Gathers column <paramref name="index"/> of the batches.</summary>
    public static ColumnValues Gather(IReadOnlyList<RowBatch> batches, int index, Field field, int rows, BufferLease lease)
    {
        var values = new ColumnValues(rows);
        values.GatherValidity(batches, index, lease);
        if (values.Present < rows && !field.Nullable)
        {
            throw new StreamEtlException(ErrorKind.InvalidValue, $"column '{field.Name}' is declared not nullable and holds a NULL");
        }
        if (field.Type.IsVariable)
        {
            values.GatherViews(batches, index, lease);
        }
        else if (field.Type.IsWide)
        {
            values.Wide = values.GatherFixed(batches, index, lease, c => c.Wide);
        }
        else
        {
            values.Longs = values.GatherFixed(batches, index, lease, c => c.Longs);
        }
        return values;
    }

    /// <summary>Bytes of a text with its length, on average; at least 1.</summary>
    public int AverageBytes()
    {
        long bytes = 0;
        foreach (TextView view in Views.AsSpan(0, Present))
        {
            bytes += view.Length + sizeof(int);
        }
        return (int)Math.Max(bytes / Math.Max(Present, 1), 1);
    }

    /// <summary>Values among the rows of a range.</summary>
    public int CountPresent(int firstRow, int rows)
    {
        if (Validity is null)
        {
            return rows;
        }
        int count = 0;
        int end = firstRow + rows;
        for (int r = firstRow; r < end; r = (r | 63) + 1)
        {
            // Shifts count modulo 64: below the first row, and above the last one when it lies in this word.
            ulong word = Validity[r >> 6] >> r << r;
            count += BitOperations.PopCount((r | 63) < end ? word : word & ~(ulong.MaxValue << end));
        }
        return count;
    }

    private void GatherValidity(IReadOnlyList<RowBatch> batches, int index, BufferLease lease)
    {
        Present = Rows;
        bool any = false;
        foreach (RowBatch batch in batches)
        {
            any |= batch.Columns[index]!.NullCount > 0;
        }
        if (!any)
        {
            return;
        }
        int words = (Rows + 63) >> 6;
        ulong[] validity = lease.Rent<ulong>(words);
        Array.Clear(validity, 0, words);
        int row = 0;
        Present = 0;
        foreach (RowBatch batch in batches)
        {
            Column column = batch.Columns[index]!;
            int[]? selection = batch.Selection;
            for (int i = 0; i < batch.SelectedCount; i++, row++)
            {
                int has = column.IsNull(selection is null ? i : selection[i]) ? 0 : 1;
                validity[row >> 6] |= (ulong)has << row;
                Present += has;
            }
        }
        Validity = Present == Rows ? null : validity;
    }

    private T[] GatherFixed<T>(IReadOnlyList<RowBatch> batches, int index, BufferLease lease, Func<Column, T[]?> source)
        where T : unmanaged
    {
        T[] result = lease.Rent<T>(Math.Max(Present, 1));
        int count = 0;
        foreach (RowBatch batch in batches)
        {
            Column column = batch.Columns[index]!;
            if (source(column) is not { } from)
            {
                continue;
            }
            if (batch.Selection is null && column.NullCount == 0)
            {
                from.AsSpan(0, batch.RowCount).CopyTo(result.AsSpan(count));
                count += batch.RowCount;
                continue;
            }
            int[]? selection = batch.Selection;
            for (int i = 0; i < batch.SelectedCount; i++)
            {
                int row = selection is null ? i : selection[i];
                if (!column.IsNull(row))
                {
                    result[count++] = from[row];
                }
            }
        }
        return result;
    }

    private void GatherViews(IReadOnlyList<RowBatch> batches, int index, BufferLease lease)
    {
        TextView[] result = lease.Rent<TextView>(Math.Max(Present, 1));
        int count = 0;
        foreach (RowBatch batch in batches)
        {
            Column column = batch.Columns[index]!;
            if (column.Views is not { } views)
            {
                continue;
            }
            _heaps.Add((count, column.Bytes!));
            int[]? selection = batch.Selection;
            for (int i = 0; i < batch.SelectedCount; i++)
            {
                int row = selection is null ? i : selection[i];
                if (!column.IsNull(row))
                {
                    result[count++] = views[row];
                }
            }
        }
        Views = result;
    }
}
