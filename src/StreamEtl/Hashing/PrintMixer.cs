using System.Numerics;
using System.Runtime.CompilerServices;
using StreamEtl.Batches;

namespace StreamEtl.Hashing;

/// <summary>64 bits, for half the multiplications. There is no second state that remembers what a product of zero forgets: each step keeps it.</summary>
internal readonly struct PrintMixer : IMixer<ulong>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong state, ulong a, ulong b) => Folding.Step(state, a, b, Folding.P2);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MixNull(ulong state) => (BitOperations.RotateLeft(state, 29) * Folding.Golden) + Folding.P2;
}
