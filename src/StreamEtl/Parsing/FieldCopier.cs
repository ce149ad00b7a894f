using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// One column's texts of a frame, copied end to end into an array of their own, quotes undone, NULLs marked: <see cref="FieldGatherer"/> and <see cref="TextCompactor"/> in one, 64 fields at a
/// time. The frame stays as it is.
/// </summary>
internal sealed class FieldCopier(CsvDialect dialect, CsvReadOptions options, int width)
{
    private readonly bool _knowsNoNullTexts = options.NullTexts.Count == 0;

    /// <summary>For each source column, bytes of the texts of 1,024 rows, as far as is known: what room the next unit's will need.</summary>
    private readonly long[] _perThousand = new long[width];

    /// <summary>Whether the values of a column are its texts as they stand in their quotes, and nothing else.</summary>
    public bool Takes(PlanColumn wanted) =>
        _knowsNoNullTexts && wanted.Type.Kind is ColumnKind.Text or ColumnKind.Binary && wanted.Pattern != TextPattern.DayFirst;

    /// <summary>The column of <paramref name="wanted"/>'s texts in the given rows.</summary>
    public Column Copy(CsvUnit unit, CsvRows rows, PlanColumn wanted)
    {
        int count = rows.Count;
        int ordinal = wanted.SourceOrdinal;
        TextView[] views = unit.Lease.Rent<TextView>(count);
        ulong[] nulls = unit.Lease.Rent<ulong>((count + 63) >> 6);
        long known = _perThousand[ordinal];
        long expected = known == 0 ? unit.Length / width : (known * count) >> 10;
        byte[] texts = unit.Lease.Rent<byte>((int)Math.Min(expected + (expected / 16), unit.Length) + TextCompactor.Room);
        bool keepsQuotedEmpty = options.QuotedEmptyIsString && wanted.Type.Kind is ColumnKind.Text;
        int length = 0;
        int nullCount = 0;
        for (int first = 0; first < count; first += 64)
        {
            Span<TextView> group = views.AsSpan(first, Math.Min(64, count - first));
            int most = length + Find(unit, rows, ordinal, first, group, out ulong quoted, out ulong word) + TextCompactor.Room;
            if (most > texts.Length)
            {
                unit.Lease.Grow(ref texts, length, most);
            }
            for (int i = 0; i < group.Length; i++)
            {
                ref TextView view = ref group[i];
                TextCompactor.Copy(unit.Bytes, view, texts, length);
                view = new TextView(length, view.Length);
                if ((quoted >> i & 1) != 0)
                {
                    (int start, int inside) = FieldText.Unquote(texts, length, view.Length, dialect);
                    texts.AsSpan(start, inside).CopyTo(texts.AsSpan(length));
                    view = new TextView(length, inside);
                    word |= (inside == 0 && !keepsQuotedEmpty ? 1UL : 0) << i;
                }
                length += view.Length;
            }
            nulls[first >> 6] = word;
            nullCount += BitOperations.PopCount(word);
        }
        _perThousand[ordinal] = (((long)length << 10) / Math.Max(count, 1)) + 1;
        return new Column
        {
            Type = wanted.Type,
            Count = count,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Views = views,
            Bytes = texts,
        };
    }

    /// <summary>Up to 64 fields as they stand in the frame; returns their bytes, and the bits of those that are quoted and of those that are NULL.</summary>
    private int Find(CsvUnit unit, CsvRows rows, int ordinal, int first, Span<TextView> found, out ulong quoted, out ulong nulls)
    {
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(unit.Bytes);
        ref int ends = ref MemoryMarshal.GetArrayDataReference(unit.Index.Ends);
        ref int fields = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(rows.Fields), first);
        ref int starts = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(rows.Starts), first);
        // No byte equals -1.
        int quote = dialect.Quote ?? -1;
        int length = 0;
        quoted = 0;
        nulls = 0;
        for (int i = 0; i < found.Length; i++)
        {
            int field = Unsafe.Add(ref fields, i) + ordinal;
            int start = ordinal == 0 ? Unsafe.Add(ref starts, i) : Unsafe.Add(ref ends, field - 1) + 1;
            int bytesOfField = Unsafe.Add(ref ends, field) - start;
            // An empty field's first byte is its separator, which is no quote; at the very end it is the block's slack.
            ulong isEmpty = bytesOfField == 0 ? 1UL : 0;
            quoted |= ((Unsafe.Add(ref bytes, start) == quote ? 1UL : 0) & ~isEmpty) << i;
            nulls |= isEmpty << i;
            found[i] = new TextView(start, bytesOfField);
            length += bytesOfField;
        }
        return length;
    }
}
