using System.Globalization;
using System.Text.Unicode;
using StreamEtl.Batches;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>Frames to batches: picks the well-formed records, gathers each wanted column's fields, converts them.</summary>
internal sealed class CsvDecoder(string source, CsvDialect dialect, CsvReadOptions options, int width)
{
    private const int ShownValue = 60;

    /// <summary>Decodes a unit; thread-safe.</summary>
    public RowBatch Decode(CsvUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        var rows = new CsvRows(unit, width);
        var rejects = new List<RejectedRecord>();
        SelectRecords(unit, rows, rejects);
        var columns = new Column?[plan.Count];
        TypeEvidence?[]? evidence = null;
        bool contradicted = false;
        ulong[]? rejected = null;
        for (int c = 0; c < plan.Count; c++)
        {
            PlanColumn wanted = plan[c];
            if (wanted.Mode == ColumnMode.Skip)
            {
                continue;
            }
            if (wanted.SourceOrdinal < 0)
            {
                columns[c] = wanted.Mode == ColumnMode.Observe ? null : Column.AllNull(wanted.Type, rows.Count, unit.Lease);
                RejectNulls(unit, rows, wanted, columns[c], ref rejected, rejects);
                continue;
            }
            FieldViews views = Gather(unit, rows, wanted);
            if (wanted.Mode == ColumnMode.Observe)
            {
                (evidence ??= new TypeEvidence?[plan.Count])[c] = Observe(unit, views, rows.Count);
                continue;
            }
            ulong[] bad = unit.Lease.Rent<ulong>((rows.Count + 63) >> 6);
            Array.Clear(bad);
            columns[c] = TextConverter.Convert(
                wanted.Type,
                wanted.Pattern,
                dialect.Format,
                unit.Bytes,
                views.Views,
                views.Nulls,
                views.NullCount,
                rows.Count,
                unit.Lease,
                bad,
                out int badCount
            );
            if (badCount > 0 && wanted.Mode == ColumnMode.Convert)
            {
                contradicted = true;
            }
            else if (badCount > 0)
            {
                RejectBad(unit, rows, wanted, views.Views, bad, ref rejected, rejects);
            }
            RejectNulls(unit, rows, wanted, columns[c], ref rejected, rejects);
            unit.Lease.Release(bad);
        }
        rejects.Sort((a, b) => a.ByteOffset.CompareTo(b.ByteOffset));
        var batch = new RowBatch(unit.Lease, rows.Count, columns)
        {
            InputBytes = unit.Length,
            LineCount = LineCounter.Count(unit.Bytes.AsSpan(0, unit.Length)),
            Rejects = rejects,
            Evidence = evidence,
            Contradicted = contradicted,
        };
        return rejected is null ? batch : BatchFilter.Without(batch, rejected);
    }

    /// <summary>Finds the rows: records of the right width, without a fault, in valid UTF-8. Blank lines are no records.</summary>
    private void SelectRecords(CsvUnit unit, CsvRows rows, List<RejectedRecord> rejects)
    {
        ReadOnlySpan<byte> frame = unit.Bytes.AsSpan(0, unit.Length);
        FieldIndex index = unit.Index;
        bool valid = Utf8.IsValid(frame);
        int fault = 0;
        int first = 0;
        int start = 0;
        for (int r = 0; r < index.RecordCount; r++)
        {
            int last = index.RecordEnds[r];
            int end = index.Ends[last];
            bool faulty = fault < index.Faults.Count && index.Faults[fault].Record == r;
            if (last - first + 1 == width && valid && !faulty && (width > 1 || end > start))
            {
                rows.Add(first, start);
            }
            else if (last > first || end > start)
            {
                RejectedRecord? reject = Judge(unit, r, first, start, end, faulty ? index.Faults[fault] : null, valid);
                if (reject is null)
                {
                    rows.Add(first, start);
                }
                else
                {
                    rejects.Add(reject);
                }
            }
            while (fault < index.Faults.Count && index.Faults[fault].Record == r)
            {
                fault++;
            }
            first = last + 1;
            start = end + 1;
            if (start < frame.Length && frame[end] == '\r' && frame[start] == '\n')
            {
                start++;
            }
        }
    }

    private RejectedRecord? Judge(CsvUnit unit, int record, int first, int start, int end, RecordFault? fault, bool valid)
    {
        int fields = unit.Index.RecordEnds[record] - first + 1;
        if (fault is { } f)
        {
            string reason =
                f.Kind == ErrorKind.UnterminatedQuote
                    ? string.Create(CultureInfo.InvariantCulture, $"the quote at byte {unit.Offset + f.Position} is never closed")
                    : string.Create(CultureInfo.InvariantCulture, $"text follows the closing quote at byte {unit.Offset + f.Position - 1}");
            return Reject(unit, start, f.Kind, null, reason);
        }
        if (fields != width)
        {
            return Reject(
                unit,
                start,
                ErrorKind.FieldCount,
                null,
                $"the record has {fields} field{(fields == 1 ? "" : "s")}, the header has {width}"
            );
        }
        ReadOnlySpan<byte> bytes = unit.Bytes.AsSpan(start, end - start);
        if (valid || Utf8.IsValid(bytes))
        {
            return null;
        }
        int at = InvalidByte(bytes);
        return Reject(
            unit,
            start,
            ErrorKind.InvalidEncoding,
            null,
            string.Create(CultureInfo.InvariantCulture, $"byte {unit.Offset + start + at} (0x{bytes[at]:X2}) is not valid UTF-8")
        );
    }

    private static int InvalidByte(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (
            at < bytes.Length
            && System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out int consumed) == System.Buffers.OperationStatus.Done
        )
        {
            at += consumed;
        }
        return at;
    }

    private FieldViews Gather(CsvUnit unit, CsvRows rows, PlanColumn wanted)
    {
        int count = rows.Count;
        byte[] bytes = unit.Bytes;
        int[] ends = unit.Index.Ends;
        TextView[] views = unit.Lease.Rent<TextView>(count);
        int words = (count + 63) >> 6;
        ulong[] nulls = unit.Lease.Rent<ulong>(words);
        Array.Clear(nulls, 0, words);
        int nullCount = 0;
        int ordinal = wanted.SourceOrdinal;
        // No field starts with a byte that cannot be: without quoting the test below never holds.
        int quote = dialect.Quote ?? -1;
        bool keepsQuotedEmpty = options.QuotedEmptyIsString && wanted.Type.Kind is ColumnKind.Text;
        for (int r = 0; r < count; r++)
        {
            int field = rows.Fields[r] + ordinal;
            int start = ordinal == 0 ? rows.Starts[r] : ends[field - 1] + 1;
            int length = ends[field] - start;
            bool quoted = length > 0 && bytes[start] == quote;
            if (quoted)
            {
                (start, length) = FieldText.Unquote(bytes, start, length, dialect);
            }
            views[r] = new TextView(start, length);
            if (length == 0 ? !(quoted && keepsQuotedEmpty) : !quoted && IsNullText(bytes, start, length))
            {
                views[r] = default;
                nulls[r >> 6] |= 1UL << r;
                nullCount++;
            }
        }
        return new FieldViews(views, nullCount == 0 ? null : nulls, nullCount);
    }

    private bool IsNullText(byte[] bytes, int start, int length)
    {
        foreach (byte[] text in options.NullTexts)
        {
            if (text.Length == length && bytes.AsSpan(start, length).SequenceEqual(text))
            {
                return true;
            }
        }
        return false;
    }

    private TypeEvidence Observe(CsvUnit unit, FieldViews views, int count)
    {
        var found = new TypeEvidence();
        found.Observe(unit.Bytes, views.Views.AsSpan(0, count), views.Nulls, dialect.Format);
        return found;
    }

    private void RejectBad(
        CsvUnit unit,
        CsvRows rows,
        PlanColumn wanted,
        TextView[] views,
        ulong[] bad,
        ref ulong[]? rejected,
        List<RejectedRecord> rejects
    )
    {
        for (int r = 0; r < rows.Count; r++)
        {
            if ((bad[r >> 6] >> r & 1) != 0 && Mark(ref rejected, r, rows.Count, unit))
            {
                string value = TerminalText.Escape(Shown(unit.Bytes.AsSpan(views[r].Start, views[r].Length)));
                rejects.Add(Reject(unit, rows.Starts[r], ErrorKind.InvalidValue, wanted.Name, $"'{value}' is not {Article(wanted.Type)}"));
            }
        }
    }

    private void RejectNulls(
        CsvUnit unit,
        CsvRows rows,
        PlanColumn wanted,
        Column? column,
        ref ulong[]? rejected,
        List<RejectedRecord> rejects
    )
    {
        if (wanted.NullError is not { } kind || column is null || column.NullCount == 0)
        {
            return;
        }
        string reason =
            kind == ErrorKind.NullKey ? "the key column is empty" : "the schema declares the column not nullable, and it is empty";
        for (int r = 0; r < rows.Count; r++)
        {
            if (column.IsNull(r) && Mark(ref rejected, r, rows.Count, unit))
            {
                rejects.Add(Reject(unit, rows.Starts[r], kind, wanted.Name, reason));
            }
        }
    }

    /// <summary>Marks a row once; false when it is marked already.</summary>
    private static bool Mark(ref ulong[]? rejected, int row, int count, CsvUnit unit)
    {
        if (rejected is null)
        {
            rejected = unit.Lease.Rent<ulong>((count + 63) >> 6);
            Array.Clear(rejected);
        }
        bool fresh = (rejected[row >> 6] >> row & 1) == 0;
        rejected[row >> 6] |= 1UL << row;
        return fresh;
    }

    private RejectedRecord Reject(CsvUnit unit, int start, ErrorKind kind, string? column, string reason) =>
        new(kind, source, LineCounter.Count(unit.Bytes.AsSpan(0, start)), unit.Offset + start, column, reason);

    private static string Shown(ReadOnlySpan<byte> value) =>
        value.Length <= ShownValue
            ? System.Text.Encoding.UTF8.GetString(value)
            : System.Text.Encoding.UTF8.GetString(value[..ShownValue]) + "…";

    private static string Article(ColumnType type) => (type.Kind is ColumnKind.Integer or ColumnKind.Instant ? "an " : "a ") + type;

    private readonly record struct FieldViews(TextView[] Views, ulong[]? Nulls, int NullCount);
}
