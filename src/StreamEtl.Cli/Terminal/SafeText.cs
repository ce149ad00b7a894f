using System.Globalization;
using System.Text;

namespace StreamEtl.Cli.Terminal;

/// <summary>Makes text that may hold data safe to show: no control byte, and no character that reorders a line, reaches the terminal raw.</summary>
internal static class SafeText
{
    private const int Longest = 4000;

    /// <summary>The text with such characters written as <c>\n</c>, <c>\x1b</c> or <c>\u202e</c>, cut at 4000 characters.</summary>
    public static string Escape(string text)
    {
        if (text.Length <= Longest && !text.Any(IsUnsafe))
        {
            return text;
        }
        StringBuilder safe = new(text.Length + 16);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            _ = c switch
            {
                '\n' => safe.Append("\\n"),
                '\r' => safe.Append("\\r"),
                '\t' => safe.Append("\\t"),
                _ when !IsUnsafe(c) => safe.Append(c),
                <= '\xff' => safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }
        return text.Length > Longest ? safe.Append('…').ToString() : safe.ToString();
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
