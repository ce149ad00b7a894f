using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;

namespace StreamEtl.Parquet.Writing;

/// <summary>The first eight bytes of a text as a number that orders as the bytes do; shorter texts end in zeros.</summary>
internal static class TextHead
{
    /// <summary>By the number of bytes that a text has, up to eight: the bits of a head that they take.</summary>
    private static ReadOnlySpan<ulong> Masks =>
        [
            0,
            0xFF00_0000_0000_0000,
            0xFFFF_0000_0000_0000,
            0xFFFF_FF00_0000_0000,
            0xFFFF_FFFF_0000_0000,
            0xFFFF_FFFF_FF00_0000,
            0xFFFF_FFFF_FFFF_0000,
            0xFFFF_FFFF_FFFF_FF00,
            0xFFFF_FFFF_FFFF_FFFF,
        ];

    /// <summary>The head of a text in <paramref name="heap"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(byte[] heap, TextView view)
    {
        if (view.Start + 8 > heap.Length)
        {
            return NearEnd(heap.AsSpan(view.Start, view.Length));
        }
        ulong eight = BinaryPrimitives.ReverseEndianness(
            Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), view.Start))
        );
        // No branch: whether a text is shorter than eight bytes is often anybody's guess.
        int beyond = view.Length - 8;
        int known = 8 + (beyond & (beyond >> 31));
        return eight & Unsafe.Add(ref MemoryMarshal.GetReference(Masks), known);
    }

    private static ulong NearEnd(ReadOnlySpan<byte> text)
    {
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        text[..Math.Min(text.Length, 8)].CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
