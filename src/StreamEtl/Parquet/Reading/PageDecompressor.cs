using System.IO.Compression;
using StreamEtl.Sources;

namespace StreamEtl.Parquet.Reading;

/// <summary>Decompresses pages whose length is known.</summary>
internal static class PageDecompressor
{
    [ThreadStatic]
    private static ZstdDecoder? _zstd;

    /// <summary>Fills exactly <paramref name="target"/>; a <see cref="ParquetFault"/> when the data is damaged or has another length.</summary>
    public static void Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, Span<byte> target)
    {
        bool done = codec switch
        {
            CompressionCodec.Snappy => SnappyDecoder.TryDecode(source, target),
            CompressionCodec.Gzip => TryGzip(source, target),
            CompressionCodec.Brotli => BrotliDecoder.TryDecompress(source, target, out int written) && written == target.Length,
            CompressionCodec.Lz4 => Lz4Decoder.TryDecodeFramed(source, target),
            CompressionCodec.Lz4Raw => Lz4Decoder.TryDecode(source, target),
            CompressionCodec.Zstd => TryZstd(source, target),
            _ => throw ParquetFault.Unsupported($"pages are compressed with {codec}"),
        };
        if (!done)
        {
            throw ParquetFault.Damaged($"a page compressed with {codec} is damaged or has another length than its header says");
        }
    }

    private static unsafe bool TryGzip(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* bytes = source)
        {
            try
            {
                using var stream = new UnmanagedMemoryStream(bytes, source.Length);
                using var gzip = new GZipStream(stream, CompressionMode.Decompress);
                return gzip.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) == target.Length && gzip.ReadByte() < 0;
            }
            catch (InvalidDataException)
            {
                return false;
            }
        }
    }

    private static bool TryZstd(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ZstdDecoder decoder = _zstd ??=
            ZstdDecoder.TryOpen() ?? throw ParquetFault.Unsupported("pages are compressed with zstd, and this system has no libzstd");
        int from = 0;
        int to = 0;
        while (true)
        {
            bool isSound = decoder.TryRun(source[from..], target[to..], out int consumed, out int written, out nuint expected, out _);
            from += consumed;
            to += written;
            if (isSound && expected == 0 && from == source.Length)
            {
                return to == target.Length;
            }
            if (!isSound || (consumed == 0 && written == 0))
            {
                // A decoder that stopped half-way would go on there with the next page.
                decoder.Dispose();
                _zstd = null;
                return false;
            }
        }
    }
}
