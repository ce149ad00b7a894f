using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;

namespace StreamEtl.Parquet.Writing;

/// <summary>The first eight bytes of a text as a number that orders as the bytes do; shorter texts end in zeros.</summary>
internal static class TextHead
{
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
        return view.Length >= 8 ? eight : eight & ~(ulong.MaxValue >> (8 * view.Length));
    }

    private static ulong NearEnd(ReadOnlySpan<byte> text)
    {
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        text[..Math.Min(text.Length, 8)].CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
