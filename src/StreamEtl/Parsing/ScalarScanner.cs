using StreamEtl.Errors;
using StreamEtl.Framing;

namespace StreamEtl.Parsing;

/// <summary>
/// The specification, a byte at a time. A field that starts with the quote runs to its closing quote (doubled quotes are data; with an escape byte, whatever follows
/// it is); any other field runs to the next delimiter or line ending. A record ends at LF, CR LF or CR, each wherever it stands. Faults (RFC 4180, 2.5 to 2.7): a quote inside
/// a field that does not begin with one (unless escaped), bytes between a closing quote and the next delimiter, a quote that the input never closes. The field is
/// read as if they were data.
/// </summary>
internal sealed class ScalarScanner : IScanner
{
    /// <inheritdoc/>
    public string Name => "scalar";

    /// <inheritdoc/>
    public int Scan(ReadOnlySpan<byte> block, bool isLast, CsvDialect dialect, FieldIndex index)
    {
        int position = 0;
        int consumed = 0;
        while (position < block.Length)
        {
            index.Reserve(2);
            position = ScanField(block, position, dialect, index);
            index.Ends[index.FieldCount++] = position;
            if (position < block.Length && block[position] == dialect.Delimiter)
            {
                position++;
                if (position < block.Length)
                {
                    continue;
                }
                // A delimiter was the last byte of the input: an empty field follows it.
                index.Ends[index.FieldCount++] = position;
            }
            bool ended = position < block.Length && (block[position] == '\n' || position + 1 < block.Length);
            if (!ended && !isLast)
            {
                break;
            }
            index.RecordEnds[index.RecordCount++] = index.FieldCount - 1;
            consumed = position = position + LineEnds.At(block, position).Length();
        }
        index.Cut(index.RecordCount);
        return consumed;
    }

    /// <summary>Position of the delimiter or line ending behind the field at <paramref name="start"/>, or the block's end.</summary>
    private static int ScanField(ReadOnlySpan<byte> block, int start, CsvDialect dialect, FieldIndex index)
    {
        int quote = dialect.Quote ?? -1;
        int position = start;
        if (block[start] == quote)
        {
            position = FindClosingQuote(block, start + 1, (byte)quote, dialect.Escape);
            if (position < 0)
            {
                index.AddFault(ErrorKind.UnterminatedQuote, start);
                return block.Length;
            }
            position++;
            if (position < block.Length && !IsEnd(block[position], dialect.Delimiter))
            {
                index.AddFault(ErrorKind.TextAfterQuote, position);
            }
        }
        for (; position < block.Length && !IsEnd(block[position], dialect.Delimiter); position++)
        {
            if (block[position] == quote && block[position - 1] != dialect.Escape)
            {
                index.AddFault(ErrorKind.BareQuote, position);
            }
        }
        return position;
    }

    private static int FindClosingQuote(ReadOnlySpan<byte> block, int position, byte quote, byte? escape)
    {
        for (; position < block.Length; position++)
        {
            byte b = block[position];
            if (b == escape && b != quote)
            {
                position++;
            }
            else if (b == quote)
            {
                if (position + 1 >= block.Length || block[position + 1] != quote)
                {
                    return position;
                }
                position++;
            }
        }
        return -1;
    }

    private static bool IsEnd(byte b, byte delimiter) => b == delimiter || b is (byte)'\n' or (byte)'\r';
}
