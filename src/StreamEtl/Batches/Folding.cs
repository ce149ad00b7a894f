using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace StreamEtl.Batches;

/// <summary>
/// Folded 64×64→128-bit multiplication, the primitive of wyhash and XXH3 (both public domain designs), and constants of the kind that they use. Ledgers and checksums in commit records hold what
/// is made of them: none may change.
/// </summary>
internal static class Folding
{
    public const ulong P0 = 0xA0761D6478BD642F;
    public const ulong P1 = 0xE7037ED1A0B428DB;
    public const ulong P2 = 0x8EBC6AF09C88C6E3;
    public const ulong P3 = 0x589965CC75374CC3;
    public const ulong P4 = 0x1D8E4E27C47D124F;
    public const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Both halves of the product in one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fold(ulong a, ulong b)
    {
        // Math.BigMul hands the lower half over in memory, which takes longer than to multiply once more.
        ulong high = Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);
        return high ^ (a * b);
    }

    /// <summary>A state of 64 bits after 16 bytes. It also keeps what entered the product, so that one of zero forgets nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Step(ulong state, ulong a, ulong b, ulong secret) =>
        Fold(a ^ secret, b ^ state) ^ (BitOperations.RotateLeft(state, 17) + b) ^ a;
}
