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
    private readonly List<TextHeap> _heaps = [];

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
    public IReadOnlyList<TextHeap> Heaps => _heaps;

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
    public int CountPresent(int firstRow, int rows) => Validity is null ? rows : CountPresent(Validity, firstRow, rows);

    private static int CountPresent(ulong[] validity, int firstRow, int rows)
    {
        int count = 0;
        int end = firstRow + rows;
        for (int r = firstRow; r < end; r = (r | 63) + 1)
        {
            // Shifts count modulo 64: below the first row, and above the last one when it lies in this word.
            ulong word = validity[r >> 6] >> r << r;
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
        foreach (RowBatch batch in batches)
        {
            Column column = batch.Columns[index]!;
            if (batch.Selection is { } selection)
            {
                foreach (int from in selection.AsSpan(0, batch.SelectedCount))
                {
                    validity[row >> 6] |= (column.IsNull(from) ? 0UL : 1) << row;
                    row++;
                }
                continue;
            }
            for (int first = 0; first < batch.RowCount; first += 64, row += 64)
            {
                ulong present = PresentWord(column, first);
                validity[row >> 6] |= present << row;
                if ((row & 63) != 0 && (row >> 6) + 1 < words)
                {
                    validity[(row >> 6) + 1] |= present >> -row;
                }
            }
            row -= -batch.RowCount & 63;
        }
        Present = CountPresent(validity, 0, Rows);
        Validity = Present == Rows ? null : validity;
    }

    /// <summary>Of 64 rows from <paramref name="first"/> on, those that are there and not NULL.</summary>
    private static ulong PresentWord(Column column, int first)
    {
        ulong word = column.Nulls is null ? ulong.MaxValue : ~column.Nulls[first >> 6];
        int rows = column.Count - first;
        return rows < 64 ? word & ((1UL << rows) - 1) : word;
    }

    /// <summary>Copies the values of a batch's rows that have one; returns how many.</summary>
    private static int CopyPresent<T>(RowBatch batch, Column column, T[] from, Span<T> to)
    {
        if (batch.Selection is { } selection)
        {
            ReadOnlySpan<int> rows = selection.AsSpan(0, batch.SelectedCount);
            return column.NullCount == 0 ? CopyRows(rows, from, to) : CopyPresentRows(rows, column, from, to);
        }
        if (column.NullCount == 0)
        {
            from.AsSpan(0, batch.RowCount).CopyTo(to);
            return batch.RowCount;
        }
        int count = 0;
        for (int first = 0; first < batch.RowCount; first += 64)
        {
            for (ulong present = PresentWord(column, first); present != 0; present &= present - 1)
            {
                to[count++] = from[first + BitOperations.TrailingZeroCount(present)];
            }
        }
        return count;
    }

    private static int CopyPresentRows<T>(ReadOnlySpan<int> rows, Column column, T[] from, Span<T> to)
    {
        int count = 0;
        foreach (int row in rows)
        {
            if (!column.IsNull(row))
            {
                to[count++] = from[row];
            }
        }
        return count;
    }

    /// <summary>Rows that stand together, as nearly all do where few were dropped, are copied together.</summary>
    private static int CopyRows<T>(ReadOnlySpan<int> rows, T[] from, Span<T> to)
    {
        const int Run = 64;
        for (int at = 0; at < rows.Length; at += Run)
        {
            ReadOnlySpan<int> run = rows[at..Math.Min(at + Run, rows.Length)];
            if (run[^1] - run[0] == run.Length - 1)
            {
                from.AsSpan(run[0], run.Length).CopyTo(to[at..]);
                continue;
            }
            for (int i = 0; i < run.Length; i++)
            {
                to[at + i] = from[run[i]];
            }
        }
        return rows.Length;
    }

    private T[] GatherFixed<T>(IReadOnlyList<RowBatch> batches, int index, BufferLease lease, Func<Column, T[]?> source)
        where T : unmanaged
    {
        T[] result = lease.Rent<T>(Math.Max(Present, 1));
        int count = 0;
        foreach (RowBatch batch in batches)
        {
            Column column = batch.Columns[index]!;
            if (source(column) is { } from)
            {
                count += CopyPresent(batch, column, from, result.AsSpan(count));
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
            _heaps.Add(new TextHeap(count, column.Bytes!));
            count += CopyPresent(batch, column, views, result.AsSpan(count));
        }
        Views = result;
    }
}
