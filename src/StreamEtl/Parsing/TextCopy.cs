using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>One column's texts on their way from a frame into an array of their own, 64 at a time, one after the other; where a doubled quote was undone a byte is left over between two.</summary>
/// <param name="unit">The frame; what is rented is of its lease.</param>
/// <param name="rows">Whose fields are copied.</param>
/// <param name="dialect">How fields are quoted.</param>
/// <param name="ordinal">Which field of each row.</param>
/// <param name="keepsQuotedEmpty">Whether an empty field in quotes is text; else it is NULL, as one without quotes always is.</param>
/// <param name="place">For the texts; a larger one is rented when they need more.</param>
internal sealed class TextCopy(CsvUnit unit, CsvRows rows, CsvDialect dialect, int ordinal, bool keepsQuotedEmpty, byte[] place)
{
    /// <summary>Rows of one turn: those of a word of NULLs.</summary>
    private const int RowsAtOnce = 64;

    private readonly TextView[] _views = unit.Lease.Rent<TextView>(rows.Count);
    private readonly ulong[] _nulls = unit.Lease.Rent<ulong>((rows.Count + 63) >> 6);
    private byte[] _texts = place;
    private int _nullCount;
    private bool _takesTwoVectors;

    /// <summary>Bytes of the texts.</summary>
    public int Length { get; private set; }

    /// <summary>Copies all.</summary>
    public Column Run(ColumnType type)
    {
        for (int first = 0; first < rows.Count; first += RowsAtOnce)
        {
            Copy(first, Math.Min(RowsAtOnce, rows.Count - first));
        }
        return new Column
        {
            Type = type,
            Count = rows.Count,
            NullCount = _nullCount,
            Nulls = _nullCount == 0 ? null : _nulls,
            Views = _views,
            Bytes = _texts,
        };
    }

    private void Copy(int first, int count)
    {
        if (TryCopy(first, count))
        {
            return;
        }
        MakeRoom(first, count, out int longest);
        _takesTwoVectors |= longest > OneVector.Length;
        if (longest > TwoVectors.Length || !TryCopy(first, count))
        {
            CopyAnyway(first, count);
        }
    }

    /// <summary>
    /// Copies texts that are not too long for vectors, which nearly all are; false where one is, or where they need more room.
    /// </summary>
    private bool TryCopy(int first, int count)
    {
        int end = unit.Index.Ends[rows.Fields[first + count - 1] + ordinal];
        if (end > unit.Bytes.Length - TwoVectors.Length)
        {
            return false;
        }
        Copied copied = _takesTwoVectors ? Copy<TwoVectors>(first, count) : Copy<OneVector>(first, count);
        if (!copied.IsDone)
        {
            return false;
        }
        Span<TextView> views = _views.AsSpan(first, count);
        if (copied.Quoted != 0)
        {
            UndoInside(views, copied.Quoted, copied.Length);
        }
        Length = copied.Length;
        ulong empty = copied.HasEmpty ? Empty(views) : 0;
        MarkNulls(first, empty & ~(keepsQuotedEmpty ? copied.Quoted : 0));
        return true;
    }

    private unsafe Copied Copy<TVectors>(int first, int count)
        where TVectors : struct, IVectors
    {
        fixed (byte* bytes = unit.Bytes)
        fixed (int* indexEnds = unit.Index.Ends)
        fixed (int* rowFields = rows.Fields)
        fixed (int* rowStarts = rows.Starts)
        fixed (byte* texts = _texts)
        fixed (TextView* rowViews = _views)
        {
            int* ends = indexEnds + ordinal;
            int* field = rowFields + first;
            int* last = field + count;
            // Where the first field of a record begins the end before it does not say.
            int* starts = ordinal == 0 ? rowStarts + first : null;
            TextView* view = rowViews + first;
            // No byte equals -1.
            int quote = dialect.Quote ?? -1;
            int at = Length;
            int mostAt = _texts.Length - TVectors.Length;
            int lessOne = 0;
            ulong quoted = 0;
            while (field < last)
            {
                int* end = ends + *field++;
                int start = starts == null ? end[-1] + 1 : *starts++;
                int length = *end - start;
                // Behind an empty field there is a byte all the same, mostly its separator. Where there is none, and the byte passes for a quote, the length becomes negative.
                int isQuoted = bytes[start] == quote ? 1 : 0;
                start += isQuoted;
                length -= isQuoted * 2;
                if ((uint)length > (uint)TVectors.Length || at > mostAt)
                {
                    return default;
                }
                TVectors.Copy(bytes + start, texts + at);
                *view++ = new TextView(at, length);
                at += length;
                lessOne |= length - 1;
                quoted = BitOperations.RotateRight(quoted, 1) | (uint)isQuoted;
            }
            return new Copied(true, at, lessOne < 0, BitOperations.RotateLeft(quoted, count - 1));
        }
    }

    /// <summary>Undoes doubled quotes and escapes in texts that stood in quotes, few of which have any: looked for in all of them at once.</summary>
    private void UndoInside(Span<TextView> views, ulong quoted, int end)
    {
        int from = Length;
        int i = 0;
        while (FieldText.FindInside(_texts.AsSpan(from, end - from), dialect) is var at and >= 0)
        {
            while (views[i].Start + views[i].Length <= from + at)
            {
                i++;
            }
            TextView view = views[i];
            if ((quoted >> i & 1) != 0)
            {
                views[i] = new TextView(view.Start, FieldText.UndoInside(_texts.AsSpan(view.Start, view.Length), dialect));
            }
            from = view.Start + view.Length;
        }
    }

    private static ulong Empty(ReadOnlySpan<TextView> views)
    {
        ulong empty = 0;
        for (int i = 0; i < views.Length; i++)
        {
            empty |= (views[i].Length == 0 ? 1UL : 0) << i;
        }
        return empty;
    }

    private void MakeRoom(int first, int count, out int longest)
    {
        int most = Length + TwoVectors.Length;
        longest = 0;
        for (int i = first; i < first + count; i++)
        {
            int length = Field(i).Length;
            most += length;
            longest = Math.Max(longest, length);
        }
        if (most > _texts.Length)
        {
            unit.Lease.Grow(ref _texts, Length, most);
        }
    }

    /// <summary>A field as it stands in the frame.</summary>
    private TextView Field(int row)
    {
        int field = rows.Fields[row] + ordinal;
        int start = ordinal == 0 ? rows.Starts[row] : unit.Index.Ends[field - 1] + 1;
        return new TextView(start, unit.Index.Ends[field] - start);
    }

    /// <summary>Copies texts of any length, and undoes doubled quotes and escapes.</summary>
    private void CopyAnyway(int first, int count)
    {
        ulong nulls = 0;
        for (int i = 0; i < count; i++)
        {
            TextView field = Field(first + i);
            TextCompactor.Copy(unit.Bytes, field, _texts, Length);
            (int start, int length) = FieldText.Unquote(_texts, Length, field.Length, dialect);
            if (start > Length)
            {
                _texts.AsSpan(start, length).CopyTo(_texts.AsSpan(Length));
            }
            _views[first + i] = new TextView(Length, length);
            Length += length;
            nulls |= (length == 0 && !(field.Length > 0 && keepsQuotedEmpty) ? 1UL : 0) << i;
        }
        MarkNulls(first, nulls);
    }

    private void MarkNulls(int first, ulong nulls)
    {
        _nulls[first >> 6] = nulls;
        _nullCount += BitOperations.PopCount(nulls);
    }

    /// <summary>What is known of fields that were copied: where the texts end, whether there are empty ones, and the bits of those in quotes.</summary>
    private readonly record struct Copied(bool IsDone, int Length, bool HasEmpty, ulong Quoted);

    /// <summary>Copies so many bytes, whatever the length of a text: what follows it the next one overwrites, and there is nothing to guess.</summary>
    private interface IVectors
    {
        static abstract int Length { get; }

        static abstract unsafe void Copy(byte* from, byte* to);
    }

    private readonly struct OneVector : IVectors
    {
        public static int Length => Vector256<byte>.Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static unsafe void Copy(byte* from, byte* to) => Vector256.Load(from).Store(to);
    }

    private readonly struct TwoVectors : IVectors
    {
        public static int Length => 2 * OneVector.Length;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static unsafe void Copy(byte* from, byte* to)
        {
            OneVector.Copy(from, to);
            OneVector.Copy(from + OneVector.Length, to + OneVector.Length);
        }
    }
}
