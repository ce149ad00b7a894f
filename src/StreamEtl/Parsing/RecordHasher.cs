using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Parsing;

/// <summary>
/// A 64-bit hash of a record's bytes as they stand in the input, for rows that are not read any further when the other side has the same. Folded multiplication as in
/// <see cref="Hashing.RowHasher"/>, two lanes of 16 bytes at a time; each step also keeps what entered it, so that a product of zero forgets nothing.
/// </summary>
internal static class RecordHasher
{
    private const ulong P0 = 0xA0761D6478BD642F;
    private const ulong P1 = 0xE7037ED1A0B428DB;
    private const ulong P2 = 0x8EBC6AF09C88C6E3;
    private const ulong P3 = 0x589965CC75374CC3;

    /// <summary>The hash.</summary>
    public static ulong Hash(ReadOnlySpan<byte> record)
    {
        ref byte at = ref MemoryMarshal.GetReference(record);
        int left = record.Length;
        ulong a = P0 ^ (ulong)left;
        ulong b = P1;
        for (; left > 32; left -= 32)
        {
            a = Mix(a, Read8(ref at, 0), Read8(ref at, 8), P2);
            b = Mix(b, Read8(ref at, 16), Read8(ref at, 24), P3);
            at = ref Unsafe.Add(ref at, 32);
        }
        // The last 32 bytes at most, in reads that overlap; the length tells apart what would look the same.
        if (left >= 16)
        {
            a = Mix(a, Read8(ref at, 0), Read8(ref at, 8), P2);
            b = Mix(b, Read8(ref at, left - 16), Read8(ref at, left - 8), P3);
        }
        else if (left >= 8)
        {
            a = Mix(a, Read8(ref at, 0), Read8(ref at, left - 8), P2);
        }
        else if (left >= 4)
        {
            a = Mix(a, Read4(ref at, 0), Read4(ref at, left - 4), P2);
        }
        else if (left > 0)
        {
            a = Mix(a, at, ((ulong)Unsafe.Add(ref at, left >> 1) << 8) | Unsafe.Add(ref at, left - 1), P2);
        }
        return Mix(a, b, P3, P1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong state, ulong x, ulong y, ulong secret)
    {
        ulong high = Math.BigMul(x ^ secret, y ^ state, out ulong low);
        return high ^ low ^ (BitOperations.RotateLeft(state, 17) + y) ^ x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read8(ref byte at, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read4(ref byte at, int offset) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, offset));
}
