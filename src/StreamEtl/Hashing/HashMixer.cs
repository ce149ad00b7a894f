using System.Numerics;
using System.Runtime.CompilerServices;
using StreamEtl.Batches;

namespace StreamEtl.Hashing;

/// <summary>128 bits: two states, each of which enters the next multiplication of the other, so that the order of columns matters.</summary>
internal readonly struct HashMixer : IMixer<Hash128>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Hash128 Mix(Hash128 state, ulong a, ulong b) =>
        new(
            Folding.Fold(state.High ^ a ^ Folding.P1, b ^ state.Low ^ Folding.P2),
            Folding.Fold(state.Low + BitOperations.RotateLeft(a, 23) + Folding.P3, b + state.High)
        );

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Hash128 MixNull(Hash128 state) =>
        new(
            (BitOperations.RotateLeft(state.High, 29) * Folding.Golden) + Folding.P2,
            (BitOperations.RotateLeft(state.Low, 31) * Folding.P3) + Folding.Golden
        );
}
