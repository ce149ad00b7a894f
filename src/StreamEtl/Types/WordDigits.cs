using System.Runtime.CompilerServices;

namespace StreamEtl.Types;

/// <summary>
/// Digits as one number, eight at a time in a word: for numbers that are longer than a vector, and for processors without <see cref="VectorDigits"/>. Up to 24 bytes are read.
/// </summary>
internal static class WordDigits
{
    private const ulong Zeros = 0x3030303030303030;

    /// <summary>Reads 1 to 16 digits; false when one is none.</summary>
    public static bool TryRead(ref byte text, int length, out long value)
    {
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

    /// <summary>Reads 1 to 16 digits, a separator and 1 to 8 more, 18 digits at most, as if it were not there; false when one is none, or the separator another.</summary>
    public static bool TryRead(ref byte text, int whole, int scale, byte separator, out long value)
    {
        ulong fraction = AlignRight(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, whole + 1)), scale) | Fill(scale);
        bool read = TryRead(ref text, whole, out long high);
        value = (high * NumberText.PowersOfTen[scale]) + NumberText.ParseEight(fraction);
        return read & Unsafe.Add(ref text, whole) == separator & NumberText.IsEightDigits(fraction);
    }

    /// <summary>The text's bytes at the end of the word, zeros before them; what lay behind the text is shifted out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AlignRight(ulong word, int length) => word << ((8 - length) * 8);

    /// <summary>Digits 0 before an aligned text. Shifted in halves, as a shift by 64 would be one by 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fill(int length) => Zeros >> (length * 4) >> (length * 4);
}
