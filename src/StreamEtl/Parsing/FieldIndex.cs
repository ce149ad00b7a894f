using StreamEtl.Memory;

namespace StreamEtl.Parsing;

/// <summary>
/// Where the fields of a frame end: the scanner's only output. Field f of the frame ends before byte <c>Ends[f]</c>; record r's last field is
/// <c>RecordEnds[r]</c>. Records appear as they are: blank lines, short and long ones included. The arrays are of the frame's lease.
/// </summary>
internal sealed class FieldIndex
{
    private readonly BufferLease _lease;

    /// <summary>Room for the fields of about <paramref name="bytes"/> bytes; grows as needed.</summary>
    public FieldIndex(BufferLease lease, int bytes)
    {
        _lease = lease;
        Ends = lease.Rent<int>((bytes / 8) + 128);
        RecordEnds = lease.Rent<int>((bytes / 64) + 128);
    }

    /// <summary>Position behind the last byte of each field.</summary>
    public int[] Ends;

    /// <summary>Index in <see cref="Ends"/> of each record's last field.</summary>
    public int[] RecordEnds;

    /// <summary>Fields.</summary>
    public int FieldCount;

    /// <summary>Records.</summary>
    public int RecordCount;

    /// <summary>Records with a fault inside, ascending; empty nearly always.</summary>
    public List<RecordFault> Faults { get; } = [];

    /// <summary>Makes room for at least <paramref name="more"/> further fields and records.</summary>
    public void Reserve(int more)
    {
        if (FieldCount + more > Ends.Length)
        {
            _lease.Grow(ref Ends, FieldCount, FieldCount + more);
        }
        if (RecordCount + more > RecordEnds.Length)
        {
            _lease.Grow(ref RecordEnds, RecordCount, RecordCount + more);
        }
    }

    /// <summary>Forgets everything, to scan again.</summary>
    public void Clear()
    {
        FieldCount = 0;
        RecordCount = 0;
        Faults.Clear();
    }
}
