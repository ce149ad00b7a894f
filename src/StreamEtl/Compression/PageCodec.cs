using System.IO.Compression;
using StreamEtl.Errors;
using StreamEtl.Parquet;

namespace StreamEtl.Compression;

/// <summary>The codecs of Parquet pages behind one front.</summary>
public static class PageCodec
{
    private const int BrotliQuality = 4;
    private const int BrotliWindow = 22;

    /// <summary>Room that <see cref="Compress"/> may need.</summary>
    public static int MaxCompressedLength(CompressionCodec codec, int length) =>
        codec switch
        {
            CompressionCodec.Uncompressed => length,
            CompressionCodec.Snappy => Snappy.MaxCompressedLength(length),
            CompressionCodec.Lz4Raw => Lz4Block.MaxCompressedLength(length),
            CompressionCodec.Zstd => Zstd.MaxCompressedLength(length),
            CompressionCodec.Brotli => BrotliEncoder.GetMaxCompressedLength(length),
            CompressionCodec.Gzip => checked(length + (length / 1000) + 64),
            _ => throw Unsupported(codec),
        };

    /// <summary>Compresses a page; returns the bytes written.</summary>
    public static int Compress(CompressionCodec codec, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        switch (codec)
        {
            case CompressionCodec.Uncompressed:
                source.CopyTo(destination);
                return source.Length;
            case CompressionCodec.Snappy:
                return Snappy.Compress(source, destination);
            case CompressionCodec.Lz4Raw:
                return Lz4Block.Compress(source, destination);
            case CompressionCodec.Zstd:
                return Zstd.Compress(source, destination);
            case CompressionCodec.Brotli:
                BrotliEncoder.TryCompress(source, destination, out int brotli, BrotliQuality, BrotliWindow);
                return brotli;
            case CompressionCodec.Gzip:
                return Gzip(source, destination);
            default:
                throw Unsupported(codec);
        }
    }

    /// <summary>
    /// Decompresses a page into exactly <paramref name="destination"/>; anything else is a <see cref="ErrorKind.DamagedCompression"/>. <c>Lz4</c> is read in Hadoop's
    /// framing, and as a raw block where a writer wrote one under that name.
    /// </summary>
    public static void Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written;
        bool done = codec switch
        {
            CompressionCodec.Uncompressed => TryCopy(source, destination, out written),
            CompressionCodec.Snappy => Snappy.TryDecompress(source, destination, out written),
            CompressionCodec.Lz4Raw => Lz4Block.TryDecompress(source, destination, out written),
            CompressionCodec.Lz4 => Lz4Framing.TryDecompress(source, destination, out written),
            CompressionCodec.Zstd => Zstd.TryDecompress(source, destination, out written),
            CompressionCodec.Brotli => BrotliDecoder.TryDecompress(source, destination, out written),
            CompressionCodec.Gzip => TryGunzip(source, destination, out written),
            _ => throw Unsupported(codec),
        };
        if (!done || written != destination.Length)
        {
            throw new StreamEtlException(
                ErrorKind.DamagedCompression,
                $"a {codec.ToString().ToLowerInvariant()} page is damaged: it does not decompress to the {destination.Length} bytes it states"
            );
        }
    }

    private static bool TryCopy(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = source.Length;
        return source.TryCopyTo(destination);
    }

    private static int Gzip(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var buffer = new MemoryStream(source.Length / 2);
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(source);
        }
        buffer.GetBuffer().AsSpan(0, (int)buffer.Length).CopyTo(destination);
        return (int)buffer.Length;
    }

    private static bool TryGunzip(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(source.ToArray()), CompressionMode.Decompress);
            written = gzip.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            return gzip.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static StreamEtlException Unsupported(CompressionCodec codec) =>
        new(ErrorKind.Unsupported, $"pages compressed with {codec.ToString().ToUpperInvariant()} are not supported");
}
