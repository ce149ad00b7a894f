using System.Buffers.Binary;

namespace StreamEtl.Compression;

/// <summary>
/// What stands under Parquet's deprecated LZ4 codec: Hadoop's framing (big-endian uncompressed and compressed length before each block), or a raw block that a writer
/// wrote without it. Which one is told by whether the framing adds up.
/// </summary>
internal static class Lz4Framing
{
    /// <summary>Decompresses; false when neither reading works.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written) =>
        TryHadoop(source, destination, out written) || Lz4Block.TryDecompress(source, destination, out written);

    private static bool TryHadoop(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        while (source.Length > 8)
        {
            int plain = BinaryPrimitives.ReadInt32BigEndian(source);
            int packed = BinaryPrimitives.ReadInt32BigEndian(source[4..]);
            if (
                plain < 0
                || packed < 0
                || packed > source.Length - 8
                || plain > destination.Length - written
                || !Lz4Block.TryDecompress(source.Slice(8, packed), destination.Slice(written, plain), out int block)
                || block != plain
            )
            {
                return false;
            }
            written += plain;
            source = source[(8 + packed)..];
        }
        return source.IsEmpty && written == destination.Length;
    }
}
