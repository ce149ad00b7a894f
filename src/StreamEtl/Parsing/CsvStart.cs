using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;

namespace StreamEtl.Parsing;

/// <summary>What is decided before the first row: dialect, columns, and where the data starts in the sample that was read.</summary>
internal sealed class CsvStart
{
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
    public CsvDialect Dialect { get; }

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
        CsvDialect dialect = DialectSniffer.Sniff(sample.AsSpan(0, length), isWhole, options.Dialect);
        var start = new CsvStart(sample, length, isWhole, dialect, Scanners.Choose(options.Scanner));
        start.SkipPreamble();
        while (!start.TryReadFirstRecord())
        {
            await start.ReadMoreAsync(source, options, cancellationToken).ConfigureAwait(false);
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
            rest = rest[(end + (rest[end] == '\r' && end + 1 < rest.Length && rest[end + 1] == '\n' ? 2 : 1))..];
            FirstLine++;
        }
        DataStart = SampleLength - rest.Length;
    }

    /// <summary>Reads the header, or counts the fields of the first record; false when the sample holds no whole record.</summary>
    private bool TryReadFirstRecord()
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
        if (index.Faults.Exists(f => f.Record == record))
        {
            RecordFault fault = index.Faults.First(f => f.Record == record);
            throw new StreamEtlException(
                fault.Kind,
                fault.Kind == ErrorKind.UnterminatedQuote
                    ? "a quote in the first record is never closed"
                    : "text follows a closing quote in the first record",
                new RecordPosition("", FirstLine, DataStart + fault.Position),
                "is the quote character right? see --quote"
            );
        }
        List<string> fields = CsvHeader.Fields(rest, index, record, Dialect);
        if (Dialect.HasHeader)
        {
            Columns = CsvHeader.Read(fields, Warnings);
            int end = record + 1 < index.RecordCount ? CsvHeader.RecordStart(rest, index, record + 1) : EndOf(rest, index, record);
            FirstLine += LineCounter.Count(rest[..end]);
            DataStart += end;
        }
        else
        {
            Columns = CsvHeader.Number(fields.Count);
        }
        return true;
    }

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
            index.Clear();
        }
        return Scanner.Scan(rest, IsWhole, Dialect, index);
    }

    private async ValueTask ReadMoreAsync(IByteSource source, CsvReadOptions options, CancellationToken cancellationToken)
    {
        if (SampleLength >= options.MaxRecordBytes)
        {
            throw new StreamEtlException(
                ErrorKind.RecordTooLong,
                $"the first record is longer than {options.MaxRecordBytes} bytes",
                new RecordPosition(source.Info.Name, FirstLine, DataStart)
            );
        }
        byte[] larger = new byte[(int)Math.Min(SampleLength * 2L, Math.Max(options.MaxRecordBytes, SampleLength + 1))];
        Sample.AsSpan(0, SampleLength).CopyTo(larger);
        int read = await source.ReadFullyAsync(larger.AsMemory(SampleLength), cancellationToken).ConfigureAwait(false);
        IsWhole = SampleLength + read < larger.Length;
        Sample = larger;
        SampleLength += read;
    }

    private static bool IsBlank(ReadOnlySpan<byte> frame, FieldIndex index, int record)
    {
        int first = record == 0 ? 0 : index.RecordEnds[record - 1] + 1;
        return first == index.RecordEnds[record] && index.Ends[first] == CsvHeader.RecordStart(frame, index, record);
    }

    private static int EndOf(ReadOnlySpan<byte> frame, FieldIndex index, int record)
    {
        int end = index.Ends[index.RecordEnds[record]];
        if (end >= frame.Length)
        {
            return end;
        }
        return end + (frame[end] == '\r' && end + 1 < frame.Length && frame[end + 1] == '\n' ? 2 : 1);
    }
}
