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

    /// <summary>Bytes of a head.</summary>
    public const int Bytes = 8;

    /// <summary>The head of a text in <paramref name="heap"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(byte[] heap, TextView view)
    {
        if (view.Start + Bytes > heap.Length)
        {
            return NearEnd(heap.AsSpan(view.Start, view.Length));
        }
        return Of(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), view.Start)), view.Length);
    }

    /// <summary>The head of a text that has <see cref="Bytes"/> readable bytes, whatever its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ulong Of(byte* text, int length) => Of(Unsafe.ReadUnaligned<ulong>(text), length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Of(ulong eight, int length)
    {
        // No branch: whether a text is shorter than eight bytes is often anybody's guess.
        int beyond = length - Bytes;
        int known = Bytes + (beyond & (beyond >> 31));
        return BinaryPrimitives.ReverseEndianness(eight) & Unsafe.Add(ref MemoryMarshal.GetReference(Masks), known);
    }

    private static ulong NearEnd(ReadOnlySpan<byte> text)
    {
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        text[..Math.Min(text.Length, 8)].CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
