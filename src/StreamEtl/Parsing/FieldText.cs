using StreamEtl.Framing;

namespace StreamEtl.Parsing;

/// <summary>From a field as it stands in the file to its value.</summary>
internal static class FieldText
{
    /// <summary>
    /// Value of the field in <c>bytes[start .. start+length]</c>: itself, or what its quotes enclose with doubled quotes and escapes undone, in place (it only
    /// shrinks). Text behind a closing quote is a fault, and such records are left out before values are read.
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
        for (int read = at; read < text.Length; read++)
        {
            byte b = text[read];
            bool pair = read + 1 < text.Length && (b == quote ? text[read + 1] == quote : b == escape);
            text[write++] = pair ? text[++read] : b;
        }
        return (from, write);
    }
}
