using System.Buffers.Binary;

namespace StreamEtl.Parquet.Writing;

/// <summary>Packs numbers into as few bits as the largest needs, least significant bit first (parquet-format, Encodings.md).</summary>
internal static class BitPacker
{
    /// <summary>Bytes that <paramref name="count"/> values of <paramref name="width"/> bits take.</summary>
    public static int ByteCount(int count, int width) => (int)(((long)count * width + 7) >> 3);

    /// <summary>Packs values of <paramref name="width"/> bits (0 to 64); <paramref name="destination"/> has 8 bytes to spare behind them. Returns the bytes used.</summary>
    public static int Pack(ReadOnlySpan<ulong> values, int width, Span<byte> destination)
    {
        ulong pending = 0;
        int bits = 0;
        int written = 0;
        foreach (ulong value in values)
        {
            pending |= value << bits;
            bits += width;
            if (bits >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination[written..], pending);
                written += 8;
                bits -= 64;
                pending = bits == 0 ? 0 : value >> (width - bits);
            }
        }
        BinaryPrimitives.WriteUInt64LittleEndian(destination[written..], pending);
        return written + ((bits + 7) >> 3);
    }
}
