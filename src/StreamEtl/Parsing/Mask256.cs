using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StreamEtl.Parsing;

/// <summary>64 bytes as 2 vectors of 256 bits.</summary>
internal readonly struct Mask256 : IMaskLoader
{
    /// <inheritdoc/>
    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    /// <inheritdoc/>
    public static string Name => "vector256";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Equal(ref readonly byte block, byte value)
    {
        Vector256<byte> wanted = Vector256.Create(value);
        return (ulong)Vector256.Equals(Vector256.LoadUnsafe(in block), wanted).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(Vector256.LoadUnsafe(in block, 32), wanted).ExtractMostSignificantBits() << 32);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NotAscii(ref readonly byte block) =>
        (Vector256.LoadUnsafe(in block) | Vector256.LoadUnsafe(in block, 32)).ExtractMostSignificantBits();
}
