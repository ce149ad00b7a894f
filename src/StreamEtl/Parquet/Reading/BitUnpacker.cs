using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Integers packed into as few bits as they need, lowest bit first (Encodings.md of apache/parquet-format). A value is taken by one unaligned 8-byte load,
/// which may read up to 8 bytes behind the data: page buffers are rented with <see cref="Slack"/> bytes more than they hold.
/// </summary>
internal static class BitUnpacker
{
    /// <summary>Readable bytes that must follow the data.</summary>
    public const int Slack = 16;

    /// <summary>Widest value that one load holds at any bit position.</summary>
    private const int WidestLoad = 57;

    /// <summary>Unpacks 32-bit values from bit 0 of <paramref name="start"/>; widths 0 to 32.</summary>
    public static void Unpack(byte[] data, int start, int width, Span<int> values)
    {
        CheckSlack(data, start, width, values.Length);
        ref byte source = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(data), start);
        ulong mask = (1UL << width) - 1;
        int done = VectorUnpacker.For(width) is { IsNarrow: true } eights ? eights.Unpack(data.AsSpan(start), values) : 0;
        nint bit = (nint)done * width;
        for (int i = done; i < values.Length; i++)
        {
            values[i] = (int)((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, bit >> 3)) >> (int)(bit & 7)) & mask);
            bit += width;
        }
    }

    /// <summary>Unpacks 64-bit values; widths 0 to 64.</summary>
    public static void Unpack(byte[] data, int start, int width, Span<long> values)
    {
        CheckSlack(data, start, width, values.Length);
        ref byte source = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(data), start);
        int done = VectorUnpacker.For(width)?.Unpack(data.AsSpan(start), values) ?? 0;
        nint bit = (nint)done * width;
        if (width <= WidestLoad)
        {
            ulong mask = (1UL << width) - 1;
            for (int i = done; i < values.Length; i++)
            {
                values[i] = (long)((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, bit >> 3)) >> (int)(bit & 7)) & mask);
                bit += width;
            }
            return;
        }
        ulong wideMask = ulong.MaxValue >> (64 - width);
        for (int i = 0; i < values.Length; i++)
        {
            int shift = (int)(bit & 7);
            ref byte at = ref Unsafe.Add(ref source, bit >> 3);
            ulong low = Unsafe.ReadUnaligned<ulong>(ref at) >> shift;
            // Shifting by 64 would shift by 0, hence in two steps.
            ulong high = (ulong)Unsafe.Add(ref at, 8) << 1 << (63 - shift);
            values[i] = (long)((low | high) & wideMask);
            bit += width;
        }
    }

    /// <summary>Bytes that <paramref name="count"/> values take.</summary>
    public static long ByteCount(long count, int width) => ((count * width) + 7) >> 3;

    private static void CheckSlack(byte[] data, int start, int width, int count)
    {
        if ((uint)start > (uint)data.Length || start + ByteCount(count, width) + 8 > data.Length)
        {
            throw new ArgumentException("the buffer lacks slack behind its data", nameof(data));
        }
    }
}
