using System.Text;

namespace StreamEtl.Framing;

/// <summary>Recognises <see cref="CellShape"/>s.</summary>
internal static class CellShapes
{
    private const int LongestNumber = 48;

    /// <summary>The shape of a field's text.</summary>
    public static CellShape Of(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t"u8);
        if (text.IsEmpty)
        {
            return CellShape.Empty;
        }
        if (text.Length > LongestNumber)
        {
            return CellShape.Text;
        }
        if (text[0] is >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'+' or (byte)'.' or (byte)',')
        {
            return OfNumber(text);
        }
        return Ascii.EqualsIgnoreCase(text, "true"u8) || Ascii.EqualsIgnoreCase(text, "false"u8) ? CellShape.Boolean : CellShape.Text;
    }

    /// <summary>True for numbers, moments and booleans.</summary>
    public static bool IsTyped(CellShape shape) => shape is not (CellShape.Empty or CellShape.Text);

    private static CellShape OfNumber(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        int points = digits.Count((byte)'.');
        int commas = digits.Count((byte)',');
        int others = 0;
        foreach (byte b in digits)
        {
            others += b is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)',' ? 0 : 1;
        }
        if (others > 0)
        {
            return IsExponent(digits) ? CellShape.PointDecimal
                : IsMoment(text) ? CellShape.Moment
                : CellShape.Text;
        }
        if (digits.Length == points + commas)
        {
            return CellShape.Text;
        }
        return (points, commas) switch
        {
            (0, 0) => CellShape.Whole,
            (1, 0) => IsGrouped(digits, (byte)'.') ? CellShape.Grouped : CellShape.PointDecimal,
            (0, 1) => IsGrouped(digits, (byte)',') ? CellShape.Grouped : CellShape.CommaDecimal,
            (0, _) => IsGrouped(digits, (byte)',') ? CellShape.Grouped : CellShape.Text,
            (_, 0) => IsGrouped(digits, (byte)'.') ? CellShape.Grouped
            : IsMoment(text) ? CellShape.Moment
            : CellShape.Text,
            (1, _) when digits.LastIndexOf((byte)',') < digits.IndexOf((byte)'.') => CellShape.PointDecimal,
            (_, 1) when digits.LastIndexOf((byte)'.') < digits.IndexOf((byte)',') => CellShape.CommaDecimal,
            _ => CellShape.Text,
        };
    }

    /// <summary>One to three digits not beginning with zero, then groups of three.</summary>
    private static bool IsGrouped(ReadOnlySpan<byte> digits, byte separator)
    {
        int first = digits.IndexOf(separator);
        if (first is < 1 or > 3 || digits[0] == '0' || (digits.Length - first) % 4 != 0)
        {
            return false;
        }
        for (int i = first; i < digits.Length; i += 4)
        {
            if (digits[i] != separator)
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsExponent(ReadOnlySpan<byte> digits)
    {
        int e = digits.IndexOfAny((byte)'e', (byte)'E');
        return e > 0
            && e < digits.Length - 1
            && System.Buffers.Text.Utf8Parser.TryParse(digits, out double _, out int used)
            && used == digits.Length;
    }

    /// <summary>Digits in two or three groups with <c>-</c>, <c>/</c> or <c>.</c> between, or with <c>:</c>; then perhaps a time, a fraction and a zone.</summary>
    private static bool IsMoment(ReadOnlySpan<byte> text)
    {
        int groups = 0;
        int digits = 0;
        int longest = 0;
        foreach (byte b in text)
        {
            if (b is >= (byte)'0' and <= (byte)'9')
            {
                groups += digits == 0 ? 1 : 0;
                digits++;
                longest = Math.Max(longest, digits);
                continue;
            }
            if (b is not ((byte)'-' or (byte)'/' or (byte)'.' or (byte)':' or (byte)' ' or (byte)'T' or (byte)'Z' or (byte)'+'))
            {
                return false;
            }
            digits = 0;
        }
        return groups >= 3
            && longest <= 9
            && text[0] is >= (byte)'0' and <= (byte)'9'
            && (text.Contains((byte)':') || text.ContainsAny((byte)'-', (byte)'/', (byte)'.'));
    }
}
