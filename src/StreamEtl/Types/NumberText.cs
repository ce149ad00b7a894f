using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Types;

/// <summary>
/// Reads numbers from bytes. The grammar is what inference accepts without losing anything a user wrote: an optional minus, no plus, no leading zero, at
/// most 18 digits in an integer, <c>.5</c> but not <c>5.</c>.
/// </summary>
internal static class NumberText
{
    /// <summary>10^n for n = 0 … 18.</summary>
    public static ReadOnlySpan<long> PowersOfTen =>
        [
            1,
            10,
            100,
            1_000,
            10_000,
            100_000,
            1_000_000,
            10_000_000,
            100_000_000,
            1_000_000_000,
            10_000_000_000,
            100_000_000_000,
            1_000_000_000_000,
            10_000_000_000_000,
            100_000_000_000_000,
            1_000_000_000_000_000,
            10_000_000_000_000_000,
            100_000_000_000_000_000,
            1_000_000_000_000_000_000,
        ];

    /// <summary>Reads a canonical integer of at most 18 digits; <c>-0</c> is not one, as its sign would be lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryInteger(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        if (digits.Length is 0 or > 18 || (digits[0] == '0' && (digits.Length > 1 || negative)) || !TryDigits(digits, out long magnitude))
        {
            return false;
        }
        value = negative ? -magnitude : magnitude;
        return true;
    }

    /// <summary>Reads 1 to 18 digits, eight at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDigits(ReadOnlySpan<byte> digits, out long value)
    {
        long result = 0;
        while (digits.Length >= 8)
        {
            ulong eight = MemoryMarshal.Read<ulong>(digits);
            if (!IsEightDigits(eight))
            {
                value = 0;
                return false;
            }
            result = (result * 100_000_000) + ParseEight(eight);
            digits = digits[8..];
        }
        foreach (byte c in digits)
        {
            uint digit = (uint)(c - '0');
            if (digit > 9)
            {
                value = 0;
                return false;
            }
            result = (result * 10) + digit;
        }
        value = result;
        return true;
    }

    /// <summary>
    /// Splits <c>[-]digits[separator digits]</c> into sign, unscaled magnitude and scale. False for anything else, for leading zeros and for more than
    /// 38 digits in all.
    /// </summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, byte separator, out DecimalParts parts)
    {
        parts = default;
        bool negative = text.Length > 0 && text[0] == '-';
        ReadOnlySpan<byte> body = negative ? text[1..] : text;
        int point = body.IndexOf(separator);
        ReadOnlySpan<byte> whole = point < 0 ? body : body[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? [] : body[(point + 1)..];
        if ((point >= 0 && fraction.Length == 0) || (point < 0 && whole.Length == 0) || (whole.Length > 1 && whole[0] == '0'))
        {
            return false;
        }
        int integerDigits = whole is [(byte)'0'] ? 0 : whole.Length;
        if (whole.Length + fraction.Length <= 18)
        {
            if (!TryDigits(whole, out long high) || !TryDigits(fraction, out long low))
            {
                return false;
            }
            long unscaled = (high * PowersOfTen[fraction.Length]) + low;
            parts = new DecimalParts(negative ? -unscaled : unscaled, integerDigits, fraction.Length, point >= 0);
            return true;
        }
        return TryWide(whole, fraction, negative, integerDigits, out parts);
    }

    private static bool TryWide(
        ReadOnlySpan<byte> whole,
        ReadOnlySpan<byte> fraction,
        bool negative,
        int integerDigits,
        out DecimalParts parts
    )
    {
        parts = default;
        if (integerDigits + fraction.Length > ColumnType.MaxPrecision)
        {
            // Still a number, only not an exact one: all that matters is that it is made of digits.
            if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return false;
            }
            parts = new DecimalParts(0, integerDigits, fraction.Length, fraction.Length > 0);
            return true;
        }
        Int128 unscaled = 0;
        foreach (byte c in whole)
        {
            if ((uint)(c - '0') > 9)
            {
                return false;
            }
            unscaled = (unscaled * 10) + (c - '0');
        }
        foreach (byte c in fraction)
        {
            if ((uint)(c - '0') > 9)
            {
                return false;
            }
            unscaled = (unscaled * 10) + (c - '0');
        }
        parts = new DecimalParts(negative ? -unscaled : unscaled, integerDigits, fraction.Length, fraction.Length > 0);
        return true;
    }

    /// <summary>Eight ASCII digits in one comparison: no byte below '0', none above '9'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsEightDigits(ulong eight) =>
        ((eight & 0xF0F0F0F0F0F0F0F0) | (((eight + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) == 0x3333333333333333;

    /// <summary>Three multiplications join neighbours: digits to pairs, pairs to fours, fours to eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ParseEight(ulong eight)
    {
        eight -= 0x3030303030303030;
        eight = (eight * 10) + (eight >> 8);
        const ulong Mask = 0x000000FF000000FF;
        return (uint)((((eight & Mask) * 0x000F424000000064) + ((eight >> 16 & Mask) * 0x0000271000000001)) >> 32);
    }
}
