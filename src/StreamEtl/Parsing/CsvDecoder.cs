using System.Text.Unicode;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>Frames to batches: picks the well-formed records, gathers each wanted column's fields, converts them.</summary>
internal sealed class CsvDecoder(string source, CsvDialect dialect, CsvReadOptions options, int width)
{
    /// <summary>Decodes a unit; thread-safe.</summary>
    public RowBatch Decode(CsvUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        var rows = new CsvRows(unit, width);
        var rejects = new CsvRejects(source, unit, plan, width);
        SelectRecords(unit, rows, rejects);
        var columns = new Column?[plan.Count];
        // Values are unquoted in place, which can be done once: plan columns of one source column share what the first of them made.
        var unquoted = new TextView[]?[width];
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
                RejectNulls(unit, rows, wanted, c, columns[c], ref rejected, rejects);
                continue;
            }
            FieldViews views = Gather(unit, rows, wanted, unquoted[wanted.SourceOrdinal]);
            unquoted[wanted.SourceOrdinal] ??= views.Views;
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
                RejectBad(unit, rows, c, views.Views, bad, ref rejected, rejects);
            }
            RejectNulls(unit, rows, wanted, c, columns[c], ref rejected, rejects);
            unit.Lease.Release(bad);
        }
        rejects.Complete();
        var batch = new RowBatch(unit.Lease, rows.Count, columns)
        {
            InputBytes = unit.Length,
            LineCount = unit.Lines,
            Rejects = rejects,
            Evidence = evidence,
            Contradicted = contradicted,
        };
        return rejected is null ? batch : BatchFilter.Without(batch, rejected);
    }

    /// <summary>Finds the rows: records of the right width, without a fault, in valid UTF-8. Blank lines are no records.</summary>
    private void SelectRecords(CsvUnit unit, CsvRows rows, CsvRejects rejects)
    {
        ReadOnlySpan<byte> frame = unit.Bytes.AsSpan(0, unit.Length);
        FieldIndex index = unit.Index;
        ReadOnlySpan<RecordFault> faults = index.Faults;
        bool valid = Utf8.IsValid(frame);
        int first = 0;
        int start = 0;
        for (int r = 0; r < index.RecordCount; r++)
        {
            int last = index.RecordEnds[r];
            int end = index.Ends[last];
            int fields = last - first + 1;
            if (!faults.IsEmpty && faults[0].Record == r)
            {
                rejects.AddByte(faults[0].Kind, start, faults[0].Position);
                faults = faults[1..];
            }
            else if (fields == 1 && end == start)
            {
                // A blank line.
            }
            else if (fields != width)
            {
                rejects.AddFieldCount(start, fields);
            }
            else if (valid || Utf8.IsValid(frame[start..end]))
            {
                rows.Add(first, start);
            }
            else
            {
                rejects.AddByte(ErrorKind.InvalidEncoding, start, start + InvalidByte(frame[start..end]));
            }
            first = last + 1;
            start = end + 1;
            if (start < frame.Length && frame[end] == '\r' && frame[start] == '\n')
            {
                start++;
            }
        }
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

    /// <summary>The values of a column; <paramref name="unquoted"/>: those that another plan column made of the same source column, or null.</summary>
    private FieldViews Gather(CsvUnit unit, CsvRows rows, PlanColumn wanted, TextView[]? unquoted)
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
                (start, length) = unquoted is null
                    ? FieldText.Unquote(bytes, start, length, dialect)
                    : (unquoted[r].Start, unquoted[r].Length);
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

    private static void RejectBad(
        CsvUnit unit,
        CsvRows rows,
        int column,
        TextView[] views,
        ulong[] bad,
        ref ulong[]? rejected,
        CsvRejects rejects
    )
    {
        for (int r = 0; r < rows.Count; r++)
        {
            if ((bad[r >> 6] >> r & 1) != 0 && Mark(ref rejected, r, rows.Count, unit))
            {
                rejects.AddValue(rows.Starts[r], column, views[r]);
            }
        }
    }

    private static void RejectNulls(
        CsvUnit unit,
        CsvRows rows,
        PlanColumn wanted,
        int plan,
        Column? column,
        ref ulong[]? rejected,
        CsvRejects rejects
    )
    {
        if (wanted.NullError is not { } kind || column is null || column.NullCount == 0)
        {
            return;
        }
        for (int r = 0; r < rows.Count; r++)
        {
            if (column.IsNull(r) && Mark(ref rejected, r, rows.Count, unit))
            {
                rejects.AddNull(kind, rows.Starts[r], plan);
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

    private readonly record struct FieldViews(TextView[] Views, ulong[]? Nulls, int NullCount);
}
