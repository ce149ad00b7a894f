using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamEtl.Types;

/// <summary>
/// ISO dates and timestamps of the years 1900 to 2099, all digits at once: pairs of digits become numbers, numbers become a month and a second of the day, each by one instruction for all, and a table knows
/// where months begin. As with <see cref="FastText"/>, false means "not this way", and <see cref="FastText.Reach"/> bytes are read.
/// </summary>
internal static class FastDate
{
    private const int FirstYear = 1900;
    private const int Years = 200;

    /// <summary>First day since the epoch of each month of these years, and of the one after them. A caller takes it once and hands it over with each text.</summary>
    public static int[] Months { get; } = FirstDays();

    /// <summary><c>yyyy-MM-dd</c> to days since the epoch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDate(ref byte text, int length, int[] months, out long days)
    {
        days = 0;
        if (!Sse41.IsSupported || length != 10)
        {
            return false;
        }
        Vector128<byte> read = Vector128.LoadUnsafe(ref text) - Vector128.Create("0000-00-00\0\0\0\0\0\0"u8);
        Vector128<byte> wrong = Sse2.SubtractSaturate(
            read,
            Vector128.Create((byte)9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 255, 255, 255, 255, 255, 255)
        );
        Vector128<byte> digits = Ssse3.Shuffle(
            read,
            Vector128.Create((byte)0, 1, 2, 3, 5, 6, 8, 9, 255, 255, 255, 255, 255, 255, 255, 255)
        );
        return TryJoin(digits, wrong, months, out days, out _);
    }

    /// <summary><c>yyyy-MM-dd HH:mm:ss</c>, or with a <c>T</c>, to microseconds since the epoch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryTimestamp(ref byte text, int length, int[] months, out long micros)
    {
        micros = 0;
        if (!Sse41.IsSupported || length != 19)
        {
            return false;
        }
        Vector128<byte> template =
            Unsafe.Add(ref text, 10) == 'T' ? Vector128.Create("0000-00-00T00:00"u8) : Vector128.Create("0000-00-00 00:00"u8);
        Vector128<byte> toMinute = Vector128.LoadUnsafe(ref text) - template;
        Vector128<byte> second = Vector128.LoadUnsafe(ref text, 3) - Vector128.Create("\0\0\0\0\0\0\0\0\0\0\0\0\0:00"u8);
        Vector128<byte> wrong =
            Sse2.SubtractSaturate(toMinute, Vector128.Create((byte)9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9))
            | Sse2.SubtractSaturate(
                second,
                Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 9, 9)
            );
        Vector128<byte> digits =
            Ssse3.Shuffle(toMinute, Vector128.Create((byte)0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 255, 255, 255, 255))
            | Ssse3.Shuffle(second, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 14, 15, 255, 255));
        bool read = TryJoin(digits, wrong, months, out long days, out uint ofDay);
        micros = (days * Calendar.MicrosPerDay) + (ofDay * 1_000_000L);
        return read;
    }

    /// <summary>
    /// Year, month, day, hour, minute and second in 14 digits, to a day and its second; false when <paramref name="wrong"/> is not 0 everywhere, or one of them is none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryJoin(Vector128<byte> digits, Vector128<byte> wrong, int[] months, out long days, out uint ofDay)
    {
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(
            digits,
            Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1)
        );
        // Counted from the first there is, so that what is too small is far too large.
        pairs -= Vector128.Create((short)(FirstYear / 100), 0, 1, 1, 0, 0, 0, 0);
        Vector128<ushort> most = Vector128.Create((ushort)1, 99, 11, 30, 23, 59, 59, 0);
        wrong |= Sse2.SubtractSaturate(pairs.AsUInt16(), most).AsByte();
        if (wrong != Vector128<byte>.Zero)
        {
            (days, ofDay) = (0, 0);
            return false;
        }
        Vector128<ulong> sums = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((short)1200, 12, 1, 0, 3600, 60, 1, 0)).AsUInt64();
        ulong date = sums.ToScalar();
        ulong time = sums.GetElement(1);
        uint month = (uint)date + (uint)(date >> 32);
        ofDay = (uint)time + (uint)(time >> 32);
        int first = months[month];
        int day = pairs.GetElement(3);
        days = first + day;
        return days < months[month + 1];
    }

    private static int[] FirstDays()
    {
        var days = new int[(Years * 12) + 1];
        for (int m = 0; m < days.Length; m++)
        {
            days[m] = Calendar.ToDays(FirstYear + (m / 12), (m % 12) + 1, 1);
        }
        return days;
    }
}
