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
        if (length < 2 || bytes[start] != dialect.Quote)
        {
            return (start, length);
        }
        return (start + 1, UndoInside(bytes.AsSpan(start + 1, length - 2), dialect));
    }

    /// <summary>Where the first doubled quote or escape may be in text that stood in quotes; -1 when there is none.</summary>
    public static int FindInside(ReadOnlySpan<byte> text, CsvDialect dialect) =>
        dialect.Quote is not { } quote ? -1
        : dialect.Escape is { } escape && escape != quote ? text.IndexOfAny(quote, escape)
        : text.IndexOf(quote);

    /// <summary>Undoes doubled quotes and escapes in what quotes enclose; returns the length that is left.</summary>
    public static int UndoInside(Span<byte> text, CsvDialect dialect)
    {
        int at = FindInside(text, dialect);
        if (at < 0)
        {
            return text.Length;
        }
        byte quote = dialect.Quote!.Value;
        return dialect.Escape is { } escape && escape != quote ? UndoEscapes(text, at, quote, escape) : JoinQuotes(text, at, quote);
    }

    /// <summary>Makes one quote of each doubled one, the first of them at <paramref name="at"/>; returns the length that is left.</summary>
    private static int JoinQuotes(Span<byte> text, int at, byte quote)
    {
        int write = at;
        int read = at;
        while (read < text.Length)
        {
            text[write++] = quote;
            read += read + 1 < text.Length && text[read + 1] == quote ? 2 : 1;
            int next = text[read..].IndexOf(quote);
            int plain = next < 0 ? text.Length - read : next;
            text.Slice(read, plain).CopyTo(text[write..]);
            read += plain;
            write += plain;
        }
        // Rejects count lines in these bytes afterwards: what the value left behind holds no line ending.
        text[write..].Fill(quote);
        return write;
    }

    /// <summary>As <see cref="JoinQuotes"/>, where a byte may also be escaped by one before it.</summary>
    private static int UndoEscapes(Span<byte> text, int at, byte quote, byte escape)
    {
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
        // As above, but for line endings that lost the escape between CR and LF.
        text[write..].Fill(quote);
        text.Slice(write, joined).Fill((byte)'\r');
        return write;
    }
}
