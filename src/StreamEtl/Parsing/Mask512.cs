using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StreamEtl.Parsing;

/// <summary>64 bytes as 1 vector of 512 bits.</summary>
internal readonly struct Mask512 : IMaskLoader
{
    /// <inheritdoc/>
    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    /// <inheritdoc/>
    public static string Name => "vector512";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Equal(ref readonly byte block, byte value)
    {
        Vector512<byte> wanted = Vector512.Create(value);
        return (ulong)Vector512.Equals(Vector512.LoadUnsafe(in block), wanted).ExtractMostSignificantBits();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NotAscii(ref readonly byte block) => Vector512.LoadUnsafe(in block).ExtractMostSignificantBits();
}
