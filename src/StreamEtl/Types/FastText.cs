using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamEtl.Types;

/// <summary>
/// The usual spellings of numbers and dates, read a word or a vector at a time without a loop. False means "not this way", never "not a value": the plain readers
/// (<see cref="NumberText"/>, <see cref="DateText"/>) then decide, and are what tests hold these against. Up to <see cref="Reach"/> bytes from the text's first are read,
/// whatever its length.
/// </summary>
internal static class FastText
{
    /// <summary>Bytes that must be readable from a text's first on.</summary>
    public const int Reach = 24;

    private const ulong Zeros = 0x3030303030303030;

    private const uint FirstYear = 1900;
    private const uint Years = 200;

    /// <summary>The days of 1970-01-01 in a count by 365 and fourths.</summary>
    private const int DaysBeforeEpoch = (1970 * 365) + (1969 / 4);

    /// <summary>Days of the year before each month, and of the year; behind them the same for leap years.</summary>
    private static ReadOnlySpan<short> FirstDays =>
        [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366];

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
        if (length <= 8)
        {
            ulong aligned = AlignRight(Unsafe.ReadUnaligned<ulong>(ref text), length);
            int point = (7 - scale) * 8;
            ulong before = aligned & ((1UL << point) - 1);
            ulong behind = aligned >> point >> 8 << point << 8;
            ulong digits = before << 8 | behind | Fill(length - 1);
            value = NumberText.ParseEight(digits);
            return (byte)(aligned >> point) == separator & NumberText.IsEightDigits(digits);
        }
        ulong fraction = AlignRight(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, whole + 1)), scale) | Fill(scale);
        bool read = TryDigits(ref text, whole, out long high);
        value = (high * NumberText.PowersOfTen[scale]) + NumberText.ParseEight(fraction);
        return read & Unsafe.Add(ref text, whole) == separator & NumberText.IsEightDigits(fraction);
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
        if ((uint)(length - 1) >= 16)
        {
            return false;
        }
        ulong first = Unsafe.ReadUnaligned<ulong>(ref text);
        if (length <= 8)
        {
            ulong digits = AlignRight(first, length) | Fill(length);
            value = NumberText.ParseEight(digits);
            return NumberText.IsEightDigits(digits);
        }
        int rest = length - 8;
        ulong last = AlignRight(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, 8)), rest) | Fill(rest);
        value = (NumberText.ParseEight(first) * NumberText.PowersOfTen[rest]) + NumberText.ParseEight(last);
        return NumberText.IsEightDigits(first) & NumberText.IsEightDigits(last);
    }

    /// <summary>1 behind a minus, else 0. No branch: signs come as they like.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SignLength(byte first) => first == '-' ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Negate(long value, int sign) => (value ^ -sign) + sign;

    /// <summary><c>yyyy-MM-dd</c> of the years 1900 to 2099.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryIsoDate(ref byte text, int length, out long days)
    {
        days = 0;
        if (!Ssse3.IsSupported || length != 10)
        {
            return false;
        }
        Vector128<byte> digits = Vector128.LoadUnsafe(ref text) - Vector128.Create("0000-00-00\0\0\0\0\0\0"u8);
        Vector128<byte> most = Vector128.Create((byte)9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 255, 255, 255, 255, 255, 255);
        ulong pairs = Pairs(digits).AsUInt64().ToScalar();
        return Vector128.LessThanOrEqualAll(digits, most) && TryDays(pairs, out days);
    }

    /// <summary><c>yyyy-MM-dd HH:mm:ss</c>, or with a <c>T</c>, of the years 1900 to 2099, in microseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryIsoTimestamp(ref byte text, int length, out long micros)
    {
        micros = 0;
        if (!Ssse3.IsSupported || length != 19)
        {
            return false;
        }
        Vector128<byte> template =
            Unsafe.Add(ref text, 10) == 'T' ? Vector128.Create("0000-00-00T00:00"u8) : Vector128.Create("0000-00-00 00:00"u8);
        Vector128<byte> digits = Vector128.LoadUnsafe(ref text) - template;
        Vector128<byte> most = Vector128.Create((byte)9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9);
        Vector128<ulong> pairs = Pairs(digits).AsUInt64();
        ulong time = pairs.GetElement(1);
        uint hour = (ushort)time;
        uint minute = (ushort)(time >> 16);
        uint tens = (uint)(Unsafe.Add(ref text, 17) - '0');
        uint ones = (uint)(Unsafe.Add(ref text, 18) - '0');
        if (
            !Vector128.LessThanOrEqualAll(digits, most)
            || Unsafe.Add(ref text, 16) != ':'
            || hour > 23
            || minute > 59
            || tens > 5
            || ones > 9
            || !TryDays(pairs.ToScalar(), out long days)
        )
        {
            return false;
        }
        micros = (days * Calendar.MicrosPerDay) + ((((((hour * 60L) + minute) * 60) + (tens * 10)) + ones) * 1_000_000);
        return true;
    }

    /// <summary>The 12 digits of a date and a time as six 16-bit numbers of two digits: century, year, month, day, hour, minute.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Pairs(Vector128<byte> digits)
    {
        Vector128<byte> close = Vector128.Create((byte)0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 255, 255, 255, 255);
        Vector128<sbyte> weights = Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 0, 0, 0, 0);
        return Ssse3.MultiplyAddAdjacent(Ssse3.Shuffle(digits, close), weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDays(ulong pairs, out long days)
    {
        uint year = ((uint)(ushort)pairs * 100) + (ushort)(pairs >> 16);
        uint month = (ushort)(pairs >> 32) - 1u;
        uint day = (ushort)(pairs >> 48) - 1u;
        days = 0;
        if (month > 11 || year - FirstYear >= Years)
        {
            return false;
        }
        // Of these two centuries only the first year is none of the leap years that it would be by four.
        uint exception = year == FirstYear ? 1u : 0u;
        uint leap = ((year & 3) == 0 ? 1u : 0u) - exception;
        int inYear = (int)((leap * 13) + month);
        int first = FirstDays[inYear];
        int newYear = (int)((year * 365) + ((year - 1) >> 2) + exception) - DaysBeforeEpoch;
        days = newYear + first + (int)day;
        return day < (uint)(FirstDays[inYear + 1] - first);
    }

    /// <summary>The text's bytes at the end of the word, zeros before them; what lay behind the text is shifted out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AlignRight(ulong word, int length) => word << ((8 - length) * 8);

    /// <summary>Digits 0 before an aligned text. Shifted in halves, as a shift by 64 would be one by 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fill(int length) => Zeros >> (length * 4) >> (length * 4);
}
