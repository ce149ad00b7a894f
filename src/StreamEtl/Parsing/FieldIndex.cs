using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Memory;

namespace StreamEtl.Parsing;

/// <summary>
/// Where the fields of a frame end: the scanner's only output. Field f of the frame ends before byte <c>Ends[f]</c>; record r's last field is
/// <c>RecordEnds[r]</c>. Records appear as they are: blank lines, short and long ones included. The arrays are of the frame's lease.
/// <para>
/// A pass that reads few fields asks for less (<see cref="Width"/>): then only the ends of records are there, and a <see cref="FieldFinder"/> finds those of fields where they are needed.
/// </para>
/// </summary>
internal sealed class FieldIndex
{
    private readonly BufferLease _lease;
    private RecordFault[] _faults = [];
    private int _faultCount;

    /// <summary>Room for the fields of about <paramref name="bytes"/> bytes; grows as needed. <paramref name="width"/>: see <see cref="Width"/>.</summary>
    public FieldIndex(BufferLease lease, int bytes, int width = 0)
    {
        _lease = lease;
        Width = width;
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

    /// <summary>
    /// When not 0: every record has so many fields and all end alike, and of <see cref="Ends"/> only those of records are noted. Set before scanning it is a wish, which the scanner takes back
    /// where it is not so.
    /// </summary>
    public int Width { get; set; }

    /// <summary>True only when every byte that was scanned is ASCII.</summary>
    public bool IsAscii { get; set; }

    /// <summary>What every record that was scanned ends with; <see cref="LineEnd.None"/> when they differ or nobody looked.</summary>
    public LineEnd LineEnd { get; set; }

    /// <summary>Line feeds in what was scanned, inside quotes or not, when it has no carriage return; else, or when nobody counted, -1.</summary>
    public int LineFeeds { get; set; } = -1;

    /// <summary>The first fault of each record that has one, ascending; empty nearly always.</summary>
    public ReadOnlySpan<RecordFault> Faults => _faults.AsSpan(0, _faultCount);

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

    /// <summary>Notes a fault of the record that is being scanned, unless it has one.</summary>
    public void AddFault(ErrorKind kind, int position)
    {
        if (_faultCount > 0 && _faults[_faultCount - 1].Record == RecordCount)
        {
            return;
        }
        if (_faultCount == 0 && _faults.Length == 0)
        {
            _faults = _lease.Rent<RecordFault>(16);
        }
        else if (_faultCount == _faults.Length)
        {
            _lease.Grow(ref _faults, _faultCount, _faultCount + 1);
        }
        _faults[_faultCount++] = new RecordFault(RecordCount, kind, position);
    }

    /// <summary>Keeps the first <paramref name="records"/> records.</summary>
    public void Cut(int records)
    {
        RecordCount = records;
        FieldCount = records == 0 ? 0 : RecordEnds[records - 1] + 1;
        while (_faultCount > 0 && _faults[_faultCount - 1].Record >= records)
        {
            _faultCount--;
        }
    }

    /// <summary>Gives the arrays back; the index is not used again.</summary>
    public void Release()
    {
        _lease.Release(Ends);
        _lease.Release(RecordEnds);
        if (_faults.Length > 0)
        {
            _lease.Release(_faults);
        }
    }
}
