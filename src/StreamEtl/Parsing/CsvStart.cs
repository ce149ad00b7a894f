using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;

namespace StreamEtl.Parsing;

/// <summary>What is decided before the first row: dialect, columns, and where the data starts in the sample that was read.</summary>
internal sealed class CsvStart
{
    /// <summary>Most columns: each costs memory in every stage, and nobody means a million of them.</summary>
    private const int MaxColumns = 1 << 16;

    private CsvStart(byte[] sample, int length, bool isWhole, CsvDialect dialect, IScanner scanner)
    {
        Sample = sample;
        SampleLength = length;
        IsWhole = isWhole;
        Dialect = dialect;
        Scanner = scanner;
    }

    /// <summary>The first bytes of the input.</summary>
    public byte[] Sample { get; private set; }

    /// <summary>How many.</summary>
    public int SampleLength { get; private set; }

    /// <summary>True when the sample is the whole input.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The dialect.</summary>
    public CsvDialect Dialect { get; private set; }

    /// <summary>Finds fields.</summary>
    public IScanner Scanner { get; }

    /// <summary>Offset of the first data record.</summary>
    public int DataStart { get; private set; }

    /// <summary>Its physical line, 1-based.</summary>
    public long FirstLine { get; private set; } = 1;

    /// <summary>The columns.</summary>
    public List<SourceColumn> Columns { get; private set; } = [];

    /// <summary>What the user should know.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Reads a sample, finds the dialect, reads the header.</summary>
    public static async ValueTask<CsvStart> ReadAsync(
        IByteSource source,
        CsvReadOptions options,
        int sampleBytes,
        CancellationToken cancellationToken
    )
    {
        var sample = new byte[sampleBytes];
        int length = await source.ReadFullyAsync(sample, cancellationToken).ConfigureAwait(false);
        if (length == 0)
        {
            throw new StreamEtlException(
                ErrorKind.EmptyInput,
                "the input is empty (0 bytes)",
                new RecordPosition(source.Info.Name, 0, 0),
                "a table needs at least a header line"
            );
        }
        bool isWhole = length < sample.Length;
        CsvDialect dialect = options.KnownDialect ?? DialectSniffer.Sniff(sample.AsSpan(0, length), isWhole, options.Dialect);
        var start = new CsvStart(sample, length, isWhole, dialect, Scanners.Choose(options.Scanner));
        start.SkipPreamble();
        if (options.Dialect.SkipLines is null && dialect.SkipLines > 0)
        {
            start.Warnings.Add(
                dialect.SkipLines == 1
                    ? "skipped 1 preamble line before the table; --skip-lines 0 keeps it"
                    : $"skipped {dialect.SkipLines} preamble lines before the table; --skip-lines 0 keeps them"
            );
        }
        while (!start.TryReadFirstRecord(source.Info.Name, options.MaxRecordBytes))
        {
            await start.ReadMoreAsync(source, options, cancellationToken).ConfigureAwait(false);
        }
        if (options.MixesLineEnds)
        {
            start.Dialect = start.Dialect with { LineEnd = LineEnd.None };
        }
        return start;
    }

    private void SkipPreamble()
    {
        ReadOnlySpan<byte> rest = Sample.AsSpan(0, SampleLength);
        for (int i = 0; i < Dialect.SkipLines && rest.Length > 0; i++)
        {
            int end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                rest = [];
                break;
            }
            rest = rest[(end + LineEnds.At(rest, end).Length())..];
            FirstLine++;
        }
        DataStart = SampleLength - rest.Length;
    }

    /// <summary>Reads the header, or counts the fields of the first record; false when the sample holds no whole record.</summary>
    private bool TryReadFirstRecord(string name, int maxRecordBytes)
    {
        ReadOnlySpan<byte> rest = Sample.AsSpan(DataStart, SampleLength - DataStart);
        using var pool = new Memory.BufferPool(new Memory.MemoryBudget(long.MaxValue)).Lease();
        var index = new FieldIndex(pool, Math.Min(rest.Length, 64 << 10));
        int scanned = ScanFirst(rest, index);
        int record = 0;
        while (record < index.RecordCount && IsBlank(rest, index, record))
        {
            record++;
        }
        if (record == index.RecordCount)
        {
            if (scanned < rest.Length || !IsWhole)
            {
                return false;
            }
            // Only blank lines: a table without columns and rows.
            DataStart = SampleLength;
            return true;
        }
        CheckFirst(rest, index, record, name, maxRecordBytes);
        Dialect = Dialect with { LineEnd = LineEnds.At(rest, index.Ends[index.RecordEnds[record]]) };
        if (Dialect.HasHeader)
        {
            Columns = CsvHeader.Read(CsvHeader.Fields(rest, index, record, Dialect), Warnings);
            int end = CsvHeader.RecordStart(rest, index, record + 1);
            FirstLine += LineCounter.Count(rest[..end]);
            DataStart += end;
        }
        else
        {
            Columns = CsvHeader.Number(Width(index, SoundRecord(rest, index, record)));
        }
        return true;
    }

    /// <summary>A header must be sound; without one, a malformed first record is a row like others, as long as there is room for its fields.</summary>
    private void CheckFirst(ReadOnlySpan<byte> rest, FieldIndex index, int record, string name, int maxRecordBytes)
    {
        int at = CsvHeader.RecordStart(rest, index, record);
        int end = index.Ends[index.RecordEnds[record]];
        var place = new RecordPosition(name, FirstLine + LineCounter.Count(rest[..at]), DataStart + at);
        if (end - at > maxRecordBytes)
        {
            throw TooLong(place, maxRecordBytes);
        }
        if (Width(index, record) > MaxColumns)
        {
            throw new StreamEtlException(
                ErrorKind.Header,
                $"the first record has {Width(index, record)} fields; a table may have {MaxColumns} columns",
                place,
                "is the delimiter right? see --delimiter"
            );
        }
        if (Dialect.HasHeader && FaultOf(index, record) is { } fault)
        {
            throw new StreamEtlException(
                fault.Kind,
                RecordFault.Describe(fault.Kind, DataStart + fault.Position),
                place,
                "this is the header; is the quote character right? see --quote"
            );
        }
        if (Dialect.HasHeader && !System.Text.Unicode.Utf8.IsValid(rest[at..end]))
        {
            throw new StreamEtlException(
                ErrorKind.InvalidEncoding,
                "the header is not valid UTF-8",
                place,
                "state the right encoding with --encoding"
            );
        }
    }

    /// <summary>The first record from <paramref name="record"/> on that says how many columns there are: one without a fault, if there is any.</summary>
    private static int SoundRecord(ReadOnlySpan<byte> rest, FieldIndex index, int record)
    {
        for (int r = record; r < index.RecordCount; r++)
        {
            if (FaultOf(index, r) is null && !IsBlank(rest, index, r) && Width(index, r) <= MaxColumns)
            {
                return r;
            }
        }
        return record;
    }

    private static RecordFault? FaultOf(FieldIndex index, int record)
    {
        foreach (RecordFault fault in index.Faults)
        {
            if (fault.Record >= record)
            {
                return fault.Record == record ? fault : null;
            }
        }
        return null;
    }

    private static int Width(FieldIndex index, int record) => index.RecordEnds[record] - (record == 0 ? -1 : index.RecordEnds[record - 1]);

    /// <summary>Scans a part of the sample that is enough for a usual header, and all of it when that holds no record.</summary>
    private int ScanFirst(ReadOnlySpan<byte> rest, FieldIndex index)
    {
        const int Enough = 64 << 10;
        if (rest.Length > Enough)
        {
            int scanned = Scanner.Scan(rest[..Enough], isLast: false, Dialect, index);
            if (scanned > 0)
            {
                return scanned;
            }
            index.Cut(0);
        }
        return Scanner.Scan(rest, IsWhole, Dialect, index);
    }

    private async ValueTask ReadMoreAsync(IByteSource source, CsvReadOptions options, CancellationToken cancellationToken)
    {
        // The record may end with two bytes more, and blank lines before it are not of it.
        int blank = Sample.AsSpan(DataStart, SampleLength - DataStart).IndexOfAnyExcept((byte)'\r', (byte)'\n');
        int first = DataStart + Math.Max(blank, 0);
        if (SampleLength - first >= options.MaxRecordBytes + 2L)
        {
            long line = FirstLine + LineCounter.Count(Sample.AsSpan(DataStart, first - DataStart));
            throw TooLong(new RecordPosition(source.Info.Name, line, first), options.MaxRecordBytes);
        }
        byte[] larger = new byte[(int)Math.Min(SampleLength * 2L, first + options.MaxRecordBytes + 2L)];
        Sample.AsSpan(0, SampleLength).CopyTo(larger);
        int read = await source.ReadFullyAsync(larger.AsMemory(SampleLength), cancellationToken).ConfigureAwait(false);
        IsWhole = SampleLength + read < larger.Length;
        Sample = larger;
        SampleLength += read;
    }

    /// <summary>The error for a record beyond the limit.</summary>
    public static StreamEtlException TooLong(RecordPosition position, int maxRecordBytes) =>
        new(
            ErrorKind.RecordTooLong,
            $"the record is longer than {maxRecordBytes} bytes",
            position,
            "a quote that is never closed makes one record of everything behind it; if records are really that long, raise --max-record and give --memory 8 times as much"
        );

    private static bool IsBlank(ReadOnlySpan<byte> frame, FieldIndex index, int record)
    {
        int first = record == 0 ? 0 : index.RecordEnds[record - 1] + 1;
        return first == index.RecordEnds[record] && index.Ends[first] == CsvHeader.RecordStart(frame, index, record);
    }
}
