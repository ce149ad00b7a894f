using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// One column's fields of a frame as views, quotes undone, NULLs marked. The loop runs once for every text of every input, so it has no bounds checks and two
/// branches that are nearly always predicted: the index comes from the scanner, whose every position lies in the frame.
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
            nullCount += System.Numerics.BitOperations.PopCount(word);
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
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(unit.Bytes);
        ref int ends = ref MemoryMarshal.GetArrayDataReference(unit.Index.Ends);
        ref int fields = ref MemoryMarshal.GetArrayDataReference(rows.Fields);
        ref int starts = ref MemoryMarshal.GetArrayDataReference(rows.Starts);
        ref TextView result = ref MemoryMarshal.GetArrayDataReference(views);
        // No byte equals -1: without quoting the test below never holds.
        int quote = dialect.Quote ?? -1;
        ulong nulls = 0;
        for (int r = first; r < last; r++)
        {
            int field = Unsafe.Add(ref fields, r) + ordinal;
            int start = ordinal == 0 ? Unsafe.Add(ref starts, r) : Unsafe.Add(ref ends, field - 1) + 1;
            int length = Unsafe.Add(ref ends, field) - start;
            bool keeps = false;
            // An empty field's first byte is its separator, which is no quote; at the very end it is the block's slack.
            if (Unsafe.Add(ref bytes, start) == quote && length > 0)
            {
                (start, length) = unquoted is null
                    ? FieldText.Unquote(unit.Bytes, start, length, dialect)
                    : (unquoted[r].Start, unquoted[r].Length);
                keeps = keepsQuotedEmpty;
            }
            Unsafe.Add(ref result, r) = new TextView(start, length);
            nulls |= (length == 0 && !keeps ? 1UL : 0) << r;
        }
        return nulls;
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
