using System.Numerics;
using System.Runtime.CompilerServices;

namespace StreamEtl.Hashing;

/// <summary>64 bits, for half the multiplications. There is no second state that remembers what a product of zero forgets: each step keeps what entered it.</summary>
internal readonly struct PrintMixer : IMixer<ulong>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong state, ulong a, ulong b) =>
        Folding.Fold(a ^ Folding.P2, b ^ state) ^ (BitOperations.RotateLeft(state, 17) + b) ^ a;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MixNull(ulong state) => (BitOperations.RotateLeft(state, 29) * Folding.NullTag) + Folding.P2;
}
