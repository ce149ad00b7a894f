using System.Buffers.Text;

namespace StreamEtl.Types;

/// <summary>Reads floating-point numbers from bytes.</summary>
internal static class FloatText
{
    /// <summary><c>[-]digits[separator digits](e|E)[+-]digits</c>, without a leading zero.</summary>
    public static bool IsExponentForm(ReadOnlySpan<byte> text, byte separator)
    {
        int at = text.IndexOfAny((byte)'e', (byte)'E');
        if (at <= 0)
        {
            return false;
        }
        ReadOnlySpan<byte> exponent = text[(at + 1)..];
        if (exponent.Length > 0 && exponent[0] is (byte)'+' or (byte)'-')
        {
            exponent = exponent[1..];
        }
        return exponent.Length is > 0 and <= 5
            && !exponent.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && NumberText.TryDecimal(text[..at], separator, out _);
    }

    /// <summary>Reads what inference accepts in a float column: exponent forms, decimals, integers of at most 18 digits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, byte separator, out double value)
    {
        value = 0;
        if (NumberText.TryDecimal(text, separator, out DecimalParts parts))
        {
            if (!parts.HasPoint && (parts.IntegerDigits > ColumnType.NarrowPrecision || text is [(byte)'-', (byte)'0']))
            {
                return false;
            }
        }
        else if (!IsExponentForm(text, separator))
        {
            return false;
        }
        if (separator == '.')
        {
            return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
        }
        Span<byte> copy = stackalloc byte[512];
        if (text.Length > copy.Length)
        {
            return false;
        }
        text.CopyTo(copy);
        copy[..text.Length].Replace(separator, (byte)'.');
        return Utf8Parser.TryParse(copy[..text.Length], out value, out int read) && read == text.Length;
    }
}
