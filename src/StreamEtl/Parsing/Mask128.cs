using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StreamEtl.Parsing;

/// <summary>64 bytes as 4 vectors of 128 bits.</summary>
internal readonly struct Mask128 : IMaskLoader
{
    /// <inheritdoc/>
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    /// <inheritdoc/>
    public static string Name => "vector128";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Equal(ref readonly byte block, byte value)
    {
        Vector128<byte> wanted = Vector128.Create(value);
        return (ulong)Vector128.Equals(Vector128.LoadUnsafe(in block), wanted).ExtractMostSignificantBits()
            | ((ulong)Vector128.Equals(Vector128.LoadUnsafe(in block, 16), wanted).ExtractMostSignificantBits() << 16)
            | ((ulong)Vector128.Equals(Vector128.LoadUnsafe(in block, 32), wanted).ExtractMostSignificantBits() << 32)
            | ((ulong)Vector128.Equals(Vector128.LoadUnsafe(in block, 48), wanted).ExtractMostSignificantBits() << 48);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NotAscii(ref readonly byte block) =>
        (
            Vector128.LoadUnsafe(in block)
            | Vector128.LoadUnsafe(in block, 16)
            | Vector128.LoadUnsafe(in block, 32)
            | Vector128.LoadUnsafe(in block, 48)
        ).ExtractMostSignificantBits();
}
