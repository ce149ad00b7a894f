using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// One column's fields of a frame, found when their values are read. The index alone says where they are: no byte of a field is looked at before its reader does, and quotes are undone only
/// where it stumbles over them.
/// </summary>
internal sealed class FieldTexts(CsvUnit unit, CsvRows rows, int ordinal, CsvDialect dialect, byte[][] nullTexts) : ITexts
{
    /// <inheritdoc/>
    public byte[] Bytes => unit.Bytes;

    /// <summary>False where a quote or a text for NULL could pass for a value, and must be looked for first: no quick reader takes what begins neither with a digit nor with a minus.</summary>
    public static bool CanBeReadFirst(CsvDialect dialect, IReadOnlyList<byte[]> nullTexts) =>
        !BeginsNumber(dialect.Quote ?? 0) && nullTexts.All(t => t.Length == 0 || !BeginsNumber(t[0]));

    /// <summary>Whether a field that is not quoted is one of the user's NULL texts.</summary>
    public static bool IsNull(ReadOnlySpan<byte> field, byte[][] nullTexts)
    {
        foreach (byte[] text in nullTexts)
        {
            if (field.SequenceEqual(text))
            {
                return true;
            }
        }
        return false;
    }

    /// <inheritdoc/>
    public unsafe ulong Find(int first, int last, Span<TextView> texts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(texts.Length, last - first);
        ulong nulls = 0;
        fixed (int* indexEnds = unit.Index.Ends)
        fixed (int* rowFields = rows.Fields)
        fixed (int* rowStarts = rows.Starts)
        fixed (TextView* found = texts)
        {
            int* ends = indexEnds + ordinal;
            int* fields = rowFields + first;
            // Where the first field of a record begins the end before it does not say.
            int* starts = ordinal == 0 ? rowStarts + first : null;
            for (int i = 0; i < last - first; i++)
            {
                int* end = ends + fields[i];
                int start = starts == null ? end[-1] + 1 : starts[i];
                int length = *end - start;
                found[i] = new TextView(start, length);
                nulls |= (length == 0 ? 1UL : 0) << i;
            }
        }
        return nulls;
    }

    /// <inheritdoc/>
    public TextView Resolve(int row, TextView found, out bool isNull)
    {
        if (unit.Bytes[found.Start] != dialect.Quote)
        {
            isNull = IsNull(unit.Bytes.AsSpan(found.Start, found.Length), nullTexts);
            return found;
        }
        (int start, int length) = FieldText.Unquote(unit.Bytes, found.Start, found.Length, dialect);
        isNull = length == 0;
        return new TextView(start, length);
    }

    private static bool BeginsNumber(byte first) => char.IsAsciiDigit((char)first) || first == '-';
}
