using System.Runtime.CompilerServices;

namespace StreamEtl.Types;

/// <summary>
/// The usual spellings of numbers, read a word or a vector at a time without a loop. False means "not this way", never "not a value": the plain readers
/// (<see cref="NumberText"/>) then decide, and are what tests hold these against. Up to <see cref="Reach"/> bytes from the text's first are read,
/// whatever its length.
/// </summary>
internal static class FastText
{
    /// <summary>Bytes that must be readable from a text's first on.</summary>
    public const int Reach = 24;

    /// <summary>1 to 16 digits without leading zero, a minus before them or not; not <c>-0</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryInteger(ref byte text, int length, out long value)
    {
        int sign = SignLength(text);
        ref byte digits = ref Unsafe.Add(ref text, sign);
        bool read = TryDigits(ref digits, length - sign, out value) && (digits != '0' || length == 1);
        value = Negate(value, sign);
        return read;
    }

    /// <summary>
    /// Up to 12 digits before the separator and exactly <paramref name="scale"/> (1 to 6) behind it, without needless leading zero, a minus before them or not.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDecimal(ref byte text, int length, byte separator, int scale, out long value)
    {
        int sign = SignLength(text);
        bool read = TryUnsigned(ref Unsafe.Add(ref text, sign), length - sign, separator, scale, out value);
        value = Negate(value, sign);
        return read;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryUnsigned(ref byte text, int length, byte separator, int scale, out long value)
    {
        value = 0;
        int whole = length - scale - 1;
        if ((uint)(whole - 1) >= 12 || (uint)(scale - 1) >= 6 || (text == '0' && whole > 1))
        {
            return false;
        }
        return VectorDigits.IsSupported && length <= VectorDigits.Most
            ? VectorDigits.TryRead(ref text, whole, scale, separator, out value)
            : WordDigits.TryRead(ref text, whole, scale, separator, out value);
    }

    /// <summary>
    /// A number with or without fraction and exponent, of at most 18 digits. Where its digits are below 2⁵³ and its power of ten at most 22 both are exact as
    /// doubles, so that one multiplication or division rounds as reading it to the last digit would (Clinger, How to read floating point numbers accurately, 1990).
    /// </summary>
    public static bool TryFloat(ref byte text, int length, byte separator, out double value)
    {
        value = 0;
        if (length > Reach)
        {
            return false;
        }
        int sign = SignLength(text);
        int at = sign;
        long digits = 0;
        int whole = Digits(ref text, ref at, length, ref digits);
        int scale = 0;
        if (at < length && Unsafe.Add(ref text, at) == separator)
        {
            at++;
            scale = Digits(ref text, ref at, length, ref digits);
            whole = scale == 0 ? 0 : whole;
        }
        int exponent = 0;
        bool read = whole > 0 && whole + scale <= 18 && (whole == 1 || Unsafe.Add(ref text, sign) != '0');
        if (at < length)
        {
            read &= (Unsafe.Add(ref text, at++) | 0x20) == 'e' && TryExponent(ref text, at, length, out exponent);
        }
        else
        {
            // An integer with a sign that its value would lose is none.
            read &= scale > 0 || digits != 0 || sign == 0;
        }
        exponent -= scale;
        if (!read || digits > 1L << 53 || Math.Abs(exponent) >= ExactPowers.Length)
        {
            return false;
        }
        value = exponent < 0 ? digits / ExactPowers[-exponent] : digits * ExactPowers[exponent];
        value = sign == 0 ? value : -value;
        return true;
    }

    /// <summary>Reads digits from <paramref name="at"/> on into <paramref name="value"/>; returns how many. Beyond 18 in all the value is of no use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digits(ref byte text, ref int at, int length, ref long value)
    {
        int start = at;
        for (; at < length; at++)
        {
            uint digit = (uint)(Unsafe.Add(ref text, at) - '0');
            if (digit > 9)
            {
                break;
            }
            value = unchecked((value * 10) + digit);
        }
        return at - start;
    }

    private static bool TryExponent(ref byte text, int at, int length, out int exponent)
    {
        bool negative = at < length && Unsafe.Add(ref text, at) == '-';
        at += at < length && Unsafe.Add(ref text, at) is (byte)'-' or (byte)'+' ? 1 : 0;
        long value = 0;
        int digits = Digits(ref text, ref at, length, ref value);
        exponent = negative ? -(int)value : (int)value;
        return at == length && digits is 1 or 2;
    }

    /// <summary>10^n for the n whose power is exact in 53 bits.</summary>
    private static ReadOnlySpan<double> ExactPowers =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>1 to 16 digits; more than one may start with a zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDigits(ref byte text, int length, out long value)
    {
        value = 0;
        if ((uint)(length - 1) >= VectorDigits.Most)
        {
            return false;
        }
        return VectorDigits.IsSupported
            ? VectorDigits.TryRead(ref text, length, out value)
            : WordDigits.TryRead(ref text, length, out value);
    }

    /// <summary>1 behind a minus, else 0. No branch: signs come as they like.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SignLength(byte first) => first == '-' ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Negate(long value, int sign) => (value ^ -sign) + sign;
}
