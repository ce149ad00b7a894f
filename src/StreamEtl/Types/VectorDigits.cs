using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamEtl.Types;

/// <summary>
/// Up to 16 digits as one number: moved to the end of a vector, then summed in pairs, fours and eights, all at once (Muła, "SIMD-ized parsing of integers", 2014). Whatever the number of digits,
/// the way is the same and has no branch. 16 bytes are read.
/// </summary>
internal static class VectorDigits
{
    /// <summary>Most digits.</summary>
    public const int Most = 16;

    /// <summary>Whether this processor can; otherwise <see cref="WordDigits"/> do.</summary>
    public static bool IsSupported => Sse41.IsSupported;

    /// <summary>For n digits from n on: where each byte of a vector comes from that has them at its end, and zeros before them.</summary>
    // csharpier-ignore
    private static ReadOnlySpan<byte> ToEnd =>
        [
            255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        ];

    /// <summary>For a fraction of n digits from n on: one byte further for each of them, past the separator.</summary>
    private static ReadOnlySpan<byte> PastSeparator => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1];

    /// <summary>Reads 1 to 16 digits; false when one is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte text, int length, out long value) => TrySum(ref text, From(ToEnd, length), out value);

    /// <summary>Reads digits around a separator, 15 at most, as if it were not there; false when one is none, or the separator another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte text, int whole, int scale, byte separator, out long value) =>
        TrySum(ref text, From(ToEnd, whole + scale) + From(PastSeparator, scale), out value) & Unsafe.Add(ref text, whole) == separator;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> From(ReadOnlySpan<byte> table, int first) =>
        Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(table), (nuint)first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySum(ref byte text, Vector128<byte> from, out long value)
    {
        Vector128<byte> digits = Ssse3.Shuffle(Vector128.LoadUnsafe(ref text) - Vector128.Create((byte)'0'), from);
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(
            digits,
            Vector128.Create((sbyte)10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1)
        );
        Vector128<int> fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((short)100, 1, 100, 1, 100, 1, 100, 1));
        Vector128<short> packed = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
        Vector128<int> eights = Sse2.MultiplyAddAdjacent(packed, Vector128.Create((short)10_000, 1, 10_000, 1, 10_000, 1, 10_000, 1));
        ulong both = eights.AsUInt64().ToScalar();
        value = (long)(((uint)both * 100_000_000UL) + (both >> 32));
        return Sse2.SubtractSaturate(digits, Vector128.Create((byte)9)) == Vector128<byte>.Zero;
    }
}
