using StreamEtl.Framing;

namespace StreamEtl.Parsing;

/// <summary>From a field as it stands in the file to its value.</summary>
internal static class FieldText
{
    /// <summary>
    /// Value of the field in <c>bytes[start .. start+length]</c>: itself, or what its quotes enclose with doubled quotes and escapes undone, in place, once (it only
    /// shrinks, and the number of line endings in the field stays). Text behind a closing quote is a fault, and such records are left out before values are read.
    /// </summary>
    public static (int Start, int Length) Unquote(byte[] bytes, int start, int length, CsvDialect dialect)
    {
        if (length < 2 || dialect.Quote is not { } quote || bytes[start] != quote)
        {
            return (start, length);
        }
        int from = start + 1;
        int inner = length - 2;
        Span<byte> text = bytes.AsSpan(from, inner);
        byte escape = dialect.Escape ?? quote;
        int at = escape == quote ? text.IndexOf(quote) : text.IndexOfAny(quote, escape);
        if (at < 0)
        {
            return (from, inner);
        }
        int write = at;
        int joined = 0;
        for (int read = at; read < text.Length; read++)
        {
            byte b = text[read];
            bool pair = read + 1 < text.Length && (b == quote ? text[read + 1] == quote : b == escape);
            b = pair ? text[++read] : b;
            joined += pair && b == '\n' && write > 0 && text[write - 1] == '\r' ? 1 : 0;
            text[write++] = b;
        }
        // Rejects count lines in these bytes afterwards: what the value left behind holds no line ending, but for those that lost the escape between CR and LF.
        text[write..].Fill(quote);
        text.Slice(write, joined).Fill((byte)'\r');
        return (from, write);
    }
}
