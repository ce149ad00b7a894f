namespace StreamEtl.Framing;

/// <summary>
/// A sample read under one candidate dialect, with everything counted that speaks for or against it. Lenient: it never fails. Written for
/// being right on a sample, not for speed.
/// </summary>
internal sealed class DialectProbe
{
    private readonly List<Cell> _cells = [];
    private readonly List<int> _recordEnds = [];
    private readonly List<int> _recordLines = [];

    private DialectProbe(byte delimiter, byte? quote, byte? escape)
    {
        Delimiter = delimiter;
        Quote = quote;
        Escape = escape;
    }

    /// <summary>The candidate.</summary>
    public byte Delimiter { get; }

    /// <summary>The candidate's quote.</summary>
    public byte? Quote { get; }

    /// <summary>The candidate's escape.</summary>
    public byte? Escape { get; }

    /// <summary>Records, blank lines left out.</summary>
    public int Count => _recordEnds.Count;

    /// <summary>Fields that are quoted from end to end.</summary>
    public int QuotedCells { get; private set; }

    /// <summary>Quoted fields that hold a delimiter, a line end or a quote: the quotes were needed.</summary>
    public int NeededQuotes { get; private set; }

    /// <summary>Quoted fields with something between the closing quote and the delimiter.</summary>
    public int Malformed { get; private set; }

    /// <summary>True when the sample ends inside quotes.</summary>
    public bool EndsInQuotes { get; private set; }

    /// <summary>Bytes of the record that the end of the sample cuts; it is not among the records.</summary>
    public int CutBytes { get; private set; }

    /// <summary>The cells of a record.</summary>
    public ReadOnlySpan<Cell> this[int record]
    {
        get
        {
            int start = record == 0 ? 0 : _recordEnds[record - 1];
            return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_cells)[start.._recordEnds[record]];
        }
    }

    /// <summary>Fields of a record.</summary>
    public int Width(int record) => _recordEnds[record] - (record == 0 ? 0 : _recordEnds[record - 1]);

    /// <summary>0-based physical line on which a record starts.</summary>
    public int Line(int record) => _recordLines[record];

    /// <summary>Reads a sample. <paramref name="isWhole"/>: the sample is all there is, so its last record is complete.</summary>
    public static DialectProbe Read(ReadOnlySpan<byte> sample, bool isWhole, byte delimiter, byte? quote, byte? escape)
    {
        var probe = new DialectProbe(delimiter, quote, escape);
        probe.ReadRecords(sample, isWhole);
        return probe;
    }

    private void ReadRecords(ReadOnlySpan<byte> sample, bool isWhole)
    {
        int position = 0;
        int line = 0;
        while (position < sample.Length)
        {
            int recordStart = position;
            int recordLine = line;
            int firstCell = _cells.Count;
            bool complete = ReadRecord(sample, ref position, ref line);
            bool blank = _cells.Count == firstCell + 1 && _cells[firstCell] is { Length: 0, IsQuoted: false };
            if (!complete && !isWhole)
            {
                CutBytes = position - recordStart;
                _cells.RemoveRange(firstCell, _cells.Count - firstCell);
            }
            else if (blank)
            {
                _cells.RemoveAt(firstCell);
            }
            else
            {
                _recordEnds.Add(_cells.Count);
                _recordLines.Add(recordLine);
            }
        }
    }

    /// <summary>Reads one record and its line end; false when the sample ended first.</summary>
    private bool ReadRecord(ReadOnlySpan<byte> sample, ref int position, ref int line)
    {
        while (true)
        {
            ReadCell(sample, ref position, ref line);
            if (position >= sample.Length)
            {
                return false;
            }
            byte end = sample[position++];
            if (end == Delimiter)
            {
                continue;
            }
            if (end == '\r' && position < sample.Length && sample[position] == '\n')
            {
                position++;
            }
            line++;
            return true;
        }
    }

    private void ReadCell(ReadOnlySpan<byte> sample, ref int position, ref int line)
    {
        int start = position;
        if (Quote is { } quote && position < sample.Length && sample[position] == quote)
        {
            if (TryReadQuoted(sample, quote, ref position, ref line, out bool needed))
            {
                QuotedCells++;
                NeededQuotes += needed ? 1 : 0;
                _cells.Add(new Cell(start + 1, position - start - 2, IsQuoted: true));
                return;
            }
        }
        ReadOnlySpan<byte> rest = sample[position..];
        int length = rest.IndexOfAny(Delimiter, (byte)'\n', (byte)'\r');
        position += length < 0 ? rest.Length : length;
        _cells.Add(new Cell(start, position - start, IsQuoted: false));
    }

    /// <summary>Reads to the byte after the closing quote. False when what follows is neither a delimiter nor a line end.</summary>
    private bool TryReadQuoted(ReadOnlySpan<byte> sample, byte quote, ref int position, ref int line, out bool needed)
    {
        needed = false;
        int i = position + 1;
        while (i < sample.Length)
        {
            byte b = sample[i];
            if (b == Escape && i + 1 < sample.Length)
            {
                needed |= sample[i + 1] == quote;
                i += 2;
                continue;
            }
            if (b == quote)
            {
                if (Escape is null && i + 1 < sample.Length && sample[i + 1] == quote)
                {
                    needed = true;
                    i += 2;
                    continue;
                }
                position = i + 1;
                if (position == sample.Length || sample[position] == Delimiter || sample[position] is (byte)'\n' or (byte)'\r')
                {
                    return true;
                }
                Malformed++;
                return false;
            }
            needed |= b == Delimiter || b is (byte)'\n' or (byte)'\r';
            line += b == '\n' || (b == '\r' && !(i + 1 < sample.Length && sample[i + 1] == '\n')) ? 1 : 0;
            i++;
        }
        position = i;
        EndsInQuotes = true;
        return false;
    }

    /// <summary>A field's text, without its quotes but with doubled ones as they are.</summary>
    /// <param name="Start">Index in the sample.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="IsQuoted">True when quotes stood around it.</param>
    internal readonly record struct Cell(int Start, int Length, bool IsQuoted);
}
