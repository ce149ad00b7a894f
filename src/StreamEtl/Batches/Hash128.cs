using System.Runtime.CompilerServices;

namespace StreamEtl.Batches;

/// <summary>A 128-bit hash. The top bits of <see cref="High"/> choose partitions; tables index with <see cref="Low"/>.</summary>
/// <param name="High">Upper 64 bits.</param>
/// <param name="Low">Lower 64 bits.</param>
public readonly record struct Hash128(ulong High, ulong Low)
{
    /// <summary>
    /// A slot of a table of any length, by multiplication instead of division (D. Lemire, "Fast Random Integer Generation in an Interval", 2019): the lower 32 bits of
    /// <see cref="Low"/>, scaled.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Slot(int slots) => Slot((uint)Low, slots);

    /// <summary>The same, for whoever keeps no more of a hash than those 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Slot(uint low, int slots) => (int)(low * (ulong)slots >> 32);
}
