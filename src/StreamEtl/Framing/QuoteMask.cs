using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamEtl.Framing;

/// <summary>Bit work on 64-byte masks, where bit i stands for byte i.</summary>
internal static class QuoteMask
{
    /// <summary>
    /// Bit i of the result is the parity of bits 0 … i: set from an opening quote up to, not including, its closing one. Carry-less multiplication by all
    /// ones is that sum without carries (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019); elsewhere six shifts do it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong mask)
    {
        if (Pclmulqdq.IsSupported)
        {
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(mask), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        }
        mask ^= mask << 1;
        mask ^= mask << 2;
        mask ^= mask << 4;
        mask ^= mask << 8;
        mask ^= mask << 16;
        return mask ^ (mask << 32);
    }
}
