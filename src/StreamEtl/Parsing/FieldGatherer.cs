using System.Numerics;
using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// One column's fields of a frame as views, quotes undone, NULLs marked. The loop runs once for every text of every input, so it has no bounds checks, as the index comes from the scanner, whose
/// every position lies in the frame, and no branch that depends on a field: those in quotes are looked at afterwards.
/// </summary>
internal sealed class FieldGatherer(CsvDialect dialect, CsvReadOptions options)
{
    // An array: this list is walked for every value when it is not empty.
    private readonly byte[][] _nullTexts = [.. options.NullTexts];
    private readonly bool _canBeReadFirst = FieldTexts.CanBeReadFirst(dialect, options.NullTexts);

    /// <summary>The fields of a column whose values are read where they stand; null where they must be gathered first.</summary>
    public FieldTexts? Texts(CsvUnit unit, CsvRows rows, PlanColumn wanted) =>
        _canBeReadFirst && TextConverter.IsRead(wanted.Type) ? new FieldTexts(unit, rows, wanted.SourceOrdinal, dialect, _nullTexts) : null;

    /// <summary>
    /// Gathers the fields of <paramref name="wanted"/> in the given rows; <paramref name="unquoted"/>: those that another plan column made of the same source column, or
    /// null.
    /// </summary>
    public FieldViews Gather(CsvUnit unit, CsvRows rows, PlanColumn wanted, TextView[]? unquoted)
    {
        int count = rows.Count;
        TextView[] views = unit.Lease.Rent<TextView>(count);
        ulong[] nulls = unit.Lease.Rent<ulong>((count + 63) >> 6);
        bool keepsQuotedEmpty = options.QuotedEmptyIsString && wanted.Type.Kind is ColumnKind.Text;
        int nullCount = 0;
        for (int first = 0; first < count; first += 64)
        {
            int last = Math.Min(first + 64, count);
            ulong word = Gather(unit, rows, wanted.SourceOrdinal, first, last, views, unquoted, keepsQuotedEmpty);
            if (_nullTexts.Length > 0)
            {
                word = MarkNullTexts(unit, rows, wanted.SourceOrdinal, first, last, views, word);
            }
            nulls[first >> 6] = word;
            nullCount += BitOperations.PopCount(word);
        }
        return new FieldViews(views, nullCount == 0 ? null : nulls, nullCount);
    }

    /// <summary>Up to 64 rows; returns the bits of those that are NULL.</summary>
    private ulong Gather(
        CsvUnit unit,
        CsvRows rows,
        int ordinal,
        int first,
        int last,
        TextView[] views,
        TextView[]? unquoted,
        bool keepsQuotedEmpty
    )
    {
        ulong quoted = Find(unit, rows, ordinal, first, views.AsSpan(first, last - first), out ulong empty);
        ulong kept = 0;
        for (ulong left = quoted; left != 0; left &= left - 1)
        {
            int i = BitOperations.TrailingZeroCount(left);
            ref TextView view = ref views[first + i];
            if (unquoted is not null)
            {
                view = unquoted[first + i];
            }
            else
            {
                (int start, int length) = FieldText.Unquote(unit.Bytes, view.Start, view.Length, dialect);
                view = new TextView(start, length);
            }
            kept |= (keepsQuotedEmpty ? 1UL : 0) << i;
            empty |= (view.Length == 0 ? 1UL : 0) << i;
        }
        return empty & ~kept;
    }

    /// <summary>Fields as they stand in the frame; returns the bits of those in quotes.</summary>
    private unsafe ulong Find(CsvUnit unit, CsvRows rows, int ordinal, int first, Span<TextView> found, out ulong empty)
    {
        ulong quoted = 0;
        ulong none = 0;
        fixed (byte* bytes = unit.Bytes)
        fixed (int* indexEnds = unit.Index.Ends)
        fixed (int* rowFields = rows.Fields)
        fixed (int* rowStarts = rows.Starts)
        fixed (TextView* views = found)
        {
            int* ends = indexEnds + ordinal;
            int* fields = rowFields + first;
            // Where the first field of a record begins the end before it does not say.
            int* starts = ordinal == 0 ? rowStarts + first : null;
            // No byte equals -1.
            int quote = dialect.Quote ?? -1;
            for (int i = 0; i < found.Length; i++)
            {
                int* end = ends + fields[i];
                int start = starts == null ? end[-1] + 1 : starts[i];
                int length = *end - start;
                ulong isEmpty = length == 0 ? 1UL : 0;
                // An empty field's first byte is its separator, which is no quote; at the very end it is the block's slack.
                quoted |= ((bytes[start] == quote ? 1UL : 0) & ~isEmpty) << i;
                none |= isEmpty << i;
                views[i] = new TextView(start, length);
            }
        }
        empty = none;
        return quoted;
    }

    /// <summary>Unquoted fields that are one of the user's NULL texts.</summary>
    private ulong MarkNullTexts(CsvUnit unit, CsvRows rows, int ordinal, int first, int last, TextView[] views, ulong nulls)
    {
        for (int r = first; r < last; r++)
        {
            int start = ordinal == 0 ? rows.Starts[r] : unit.Index.Ends[rows.Fields[r] + ordinal - 1] + 1;
            // A quoted field's view starts behind its quote.
            if (views[r].Start == start && views[r].Length > 0 && FieldTexts.IsNull(unit.Bytes.AsSpan(start, views[r].Length), _nullTexts))
            {
                views[r] = default;
                nulls |= 1UL << r;
            }
        }
        return nulls;
    }
}
