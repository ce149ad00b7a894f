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

    /// <summary>1 to 16 digits without sign or leading zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryInteger(ref byte text, int length, out long value)
    {
        value = 0;
        if ((uint)(length - 1) >= 16 || (text == '0' && length > 1))
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

    /// <summary>Up to 8 bytes of digits with exactly <paramref name="scale"/> of them (1 to 6) behind the separator, without sign or needless leading zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDecimal(ref byte text, int length, byte separator, int scale, out long value)
    {
        value = 0;
        int whole = length - scale - 1;
        if (length > 8 || whole < 1 || (uint)(scale - 1) >= 6 || (text == '0' && whole > 1))
        {
            return false;
        }
        ulong aligned = AlignRight(Unsafe.ReadUnaligned<ulong>(ref text), length);
        int point = (7 - scale) * 8;
        ulong before = aligned & ((1UL << point) - 1);
        ulong behind = aligned >> point >> 8 << point << 8;
        ulong digits = before << 8 | behind | Fill(length - 1);
        value = NumberText.ParseEight(digits);
        return (byte)(aligned >> point) == separator & NumberText.IsEightDigits(digits);
    }

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
        uint index = ((year - FastCalendar.FirstYear) * 12) + month;
        days = 0;
        if (month > 11 || index >= FastCalendar.Months)
        {
            return false;
        }
        int first = FastCalendar.FirstDays[(int)index];
        days = first + day;
        return day < (uint)(FastCalendar.FirstDays[(int)index + 1] - first);
    }

    /// <summary>The text's bytes at the end of the word, zeros before them; what lay behind the text is shifted out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AlignRight(ulong word, int length) => word << ((8 - length) * 8);

    /// <summary>Digits 0 before an aligned text. Shifted in halves, as a shift by 64 would be one by 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fill(int length) => Zeros >> (length * 4) >> (length * 4);

    /// <summary>Days since the epoch of the first of each month of two centuries.</summary>
    private static class FastCalendar
    {
        public const uint FirstYear = 1900;
        public const uint Months = 200 * 12;

        public static readonly int[] FirstDays =
        [
            .. Enumerable.Range(0, (int)Months + 1).Select(m => Calendar.ToDays((int)FirstYear + (m / 12), (m % 12) + 1, 1)),
        ];
    }
}
