using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;

namespace StreamEtl.Parsing;

/// <summary>
/// A 64-bit hash of a record's bytes as they stand in the input, for rows that are not read any further when the other side has the same. Two lanes of 16 bytes at a time, in
/// steps of <see cref="Folding.Step"/>.
/// </summary>
internal static class RecordHasher
{
    /// <summary>The hash.</summary>
    public static ulong Hash(ReadOnlySpan<byte> record) => Hash(ref MemoryMarshal.GetReference(record), record.Length);

    /// <summary>The hash of so many bytes; into the loop over records, which is short for each of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(ref byte record, int length)
    {
        ref byte at = ref record;
        int left = length;
        ulong a = Folding.P0 ^ (ulong)left;
        ulong b = Folding.P1;
        for (; left > 32; left -= 32)
        {
            a = Folding.Step(a, Read8(ref at, 0), Read8(ref at, 8), Folding.P2);
            b = Folding.Step(b, Read8(ref at, 16), Read8(ref at, 24), Folding.P3);
            at = ref Unsafe.Add(ref at, 32);
        }
        // The last 32 bytes at most, in reads that overlap; the length tells apart what would look the same.
        if (left >= 16)
        {
            a = Folding.Step(a, Read8(ref at, 0), Read8(ref at, 8), Folding.P2);
            b = Folding.Step(b, Read8(ref at, left - 16), Read8(ref at, left - 8), Folding.P3);
        }
        else if (left >= 8)
        {
            a = Folding.Step(a, Read8(ref at, 0), Read8(ref at, left - 8), Folding.P2);
        }
        else if (left >= 4)
        {
            a = Folding.Step(a, Read4(ref at, 0), Read4(ref at, left - 4), Folding.P2);
        }
        else if (left > 0)
        {
            a = Folding.Step(a, at, ((ulong)Unsafe.Add(ref at, left >> 1) << 8) | Unsafe.Add(ref at, left - 1), Folding.P2);
        }
        return Folding.Step(a, b, Folding.P3, Folding.P1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read8(ref byte at, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read4(ref byte at, int offset) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, offset));
}
