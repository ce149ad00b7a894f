using System.Globalization;
using System.Text;

namespace StreamEtl.Diagnostics;

/// <summary>
/// Makes text that may hold data (a value, a file name, a header) safe to show: a terminal obeys control characters, and characters that turn the
/// direction of writing make a line read as something else.
/// </summary>
public static class TerminalText
{
    /// <summary>
    /// The text with every control character (C0, DEL, C1), every bidirectional control and every lone surrogate written as <c>\xNN</c> or <c>\uNNNN</c>.
    /// <paramref name="keepLines"/>: line feeds stay, for texts of our own that have several lines.
    /// </summary>
    public static string Escape(string text, bool keepLines = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        int clean = 0;
        while (clean < text.Length && !IsUnsafe(text, clean, keepLines))
        {
            clean++;
        }
        if (clean == text.Length)
        {
            return text;
        }
        var safe = new StringBuilder(text, 0, clean, text.Length + 16);
        for (int i = clean; i < text.Length; i++)
        {
            if (!IsUnsafe(text, i, keepLines))
            {
                safe.Append(text[i]);
            }
            else if (text[i] < 0x100)
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)text[i]:x2}");
            }
            else
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
        }
        return safe.ToString();
    }

    private static bool IsUnsafe(string text, int index, bool keepLines)
    {
        char c = text[index];
        return c switch
        {
            '\n' => !keepLines,
            < ' ' or (>= '\u007F' and <= '\u009F') => true,
            '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF' => true,
            _ when char.IsHighSurrogate(c) => index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1]),
            _ when char.IsLowSurrogate(c) => index == 0 || !char.IsHighSurrogate(text[index - 1]),
            _ => false,
        };
    }
}
