using StreamEtl.Framing;
using StreamEtl.Memory;

namespace StreamEtl.Parsing;

/// <summary>The well-formed records of a frame: for each, its first field in the index and its first byte.</summary>
internal sealed class CsvRows
{
    public CsvRows(CsvUnit unit, int width)
    {
        int most = Math.Min(unit.Index.RecordCount, (unit.Index.FieldCount / Math.Max(width, 1)) + 1);
        Fields = unit.Lease.Rent<int>(most);
        Starts = unit.Lease.Rent<int>(most);
    }

    /// <summary>Room for a number of records, whatever their widths.</summary>
    public CsvRows(CsvUnit unit, long records)
    {
        Fields = unit.Lease.Rent<int>((int)records);
        Starts = unit.Lease.Rent<int>((int)records);
    }

    /// <summary>Index of each row's first field.</summary>
    public int[] Fields { get; }

    /// <summary>Position of each row's first byte.</summary>
    public int[] Starts { get; }

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Takes every record of the frame as a row, where none has another width or line ending; else takes none and is false. A blank line of a table of one column is no row, so
    /// there records are looked at one by one.
    /// </summary>
    public bool TryAddAll(FieldIndex index, int width)
    {
        if (width < 2 || index.LineEnd == LineEnd.None || !index.Faults.IsEmpty)
        {
            return false;
        }
        // There is room for records of this width alone: where there are more, some have another.
        if (index.RecordCount > Math.Min(Fields.Length, Starts.Length))
        {
            return false;
        }
        bool all = TryAddAll(index.Ends, index.RecordEnds.AsSpan(0, index.RecordCount), width, index.LineEnd.Length());
        Count = all ? index.RecordCount : 0;
        return all;
    }

    private bool TryAddAll(ReadOnlySpan<int> ends, ReadOnlySpan<int> lastFields, int width, int lineEnd)
    {
        Span<int> fields = Fields.AsSpan(0, lastFields.Length);
        Span<int> starts = Starts.AsSpan(0, lastFields.Length);
        int field = 0;
        int start = 0;
        for (int r = 0; r < lastFields.Length; r++)
        {
            int last = lastFields[r];
            if (last != field + width - 1)
            {
                return false;
            }
            fields[r] = field;
            starts[r] = start;
            start = ends[last] + lineEnd;
            field += width;
        }
        return true;
    }

    /// <summary>Keeps only the rows at <paramref name="positions"/>, ascending.</summary>
    public void Keep(ReadOnlySpan<int> positions)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            Fields[i] = Fields[positions[i]];
            Starts[i] = Starts[positions[i]];
        }
        Count = positions.Length;
    }

    /// <summary>The rows at <paramref name="positions"/>, apart from these.</summary>
    public CsvRows Pick(CsvUnit unit, ReadOnlySpan<int> positions)
    {
        var picked = new CsvRows(unit, (long)positions.Length);
        foreach (int i in positions)
        {
            picked.Add(Fields[i], Starts[i]);
        }
        return picked;
    }

    /// <summary>Gives the arrays back; <see cref="Count"/> stays.</summary>
    public void Release(BufferLease lease)
    {
        lease.Release(Fields);
        lease.Release(Starts);
    }

    /// <summary>Adds a row.</summary>
    public void Add(int field, int start)
    {
        Fields[Count] = field;
        Starts[Count++] = start;
    }
}
