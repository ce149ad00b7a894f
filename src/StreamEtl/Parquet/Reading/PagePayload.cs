using StreamEtl.Compression;
using StreamEtl.Errors;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Decompresses pages, after a look at whether the codec can expand what is there to what the header claims.</summary>
internal static class PagePayload
{
    /// <summary>Decompresses a page, levels included, into exactly <paramref name="destination"/>. Levels of version 2 are never compressed.</summary>
    public static void Decompress(PageHeader header, CompressionCodec codec, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        int levels = header.Type == PageType.DataV2 ? header.RepetitionBytes + header.DefinitionBytes : 0;
        payload[..levels].CopyTo(destination);
        bool isCompressed = header.Type != PageType.DataV2 || header.IsCompressed;
        Decompress(isCompressed ? codec : CompressionCodec.Uncompressed, payload[levels..], destination[levels..]);
    }

    private static void Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (codec == CompressionCodec.Uncompressed)
        {
            if (source.Length != destination.Length)
            {
                throw ParquetFault.Damaged("the two sizes of an uncompressed page differ");
            }
            source.CopyTo(destination);
        }
        else if (!destination.IsEmpty)
        {
            try
            {
                PageCodec.Decompress(codec, source, destination);
            }
            catch (StreamEtlException e) when (e.Kind == ErrorKind.DamagedCompression)
            {
                throw new ParquetFault(ErrorKind.DamagedParquet, e.Reason, e);
            }
        }
    }

    /// <summary>Refuses, before memory is taken, what the codec cannot have compressed this well, and codecs that are not supported.</summary>
    public static void CheckRatio(CompressionCodec codec, long compressed, long uncompressed)
    {
        // The most that a byte can stand for: a Snappy copy makes 64 bytes of 3, an LZ4 length byte 255, deflate 258 of 2 bits.
        long most = codec switch
        {
            CompressionCodec.Uncompressed => 1,
            CompressionCodec.Snappy => 32,
            CompressionCodec.Gzip => 1040,
            CompressionCodec.Lz4 or CompressionCodec.Lz4Raw => 260,
            CompressionCodec.Brotli or CompressionCodec.Zstd => long.MaxValue >> 32,
            CompressionCodec.Lzo => throw ParquetFault.Unsupported("pages are compressed with LZO"),
            _ => throw ParquetFault.Damaged($"pages are compressed with the unknown codec {(int)codec}"),
        };
        if (uncompressed > 64 + (compressed * most))
        {
            throw ParquetFault.Damaged($"a page of {compressed} bytes claims to decompress to {uncompressed}");
        }
    }
}
