using StreamEtl.Errors;

namespace StreamEtl.Compression;

/// <summary>Whole zstd frames, as Parquet pages are.</summary>
internal static unsafe class Zstd
{
    private const int Level = 3;
    private const string Instead = "choose another --compression";

    /// <summary>Room that <see cref="Compress"/> may need (ZSTD_COMPRESSBOUND).</summary>
    public static int MaxCompressedLength(int length) =>
        checked(length + (length >> 8) + (length < 128 << 10 ? ((128 << 10) - length) >> 11 : 0));

    /// <summary>Compresses into one frame; returns its length.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ZstdNative.Require(Instead);
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint written = ZstdNative.Compress(to, (nuint)destination.Length, from, (nuint)source.Length, Level);
            return ZstdNative.Failed(written)
                ? throw new StreamEtlException(ErrorKind.Internal, $"zstd could not compress a page: {ZstdNative.Reason(written)}")
                : (int)written;
        }
    }

    /// <summary>Decompresses; false when the frame is damaged or does not fit.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        ZstdNative.Require(Instead);
        byte none = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint result = ZstdNative.Decompress(to is null ? &none : to, (nuint)destination.Length, from, (nuint)source.Length);
            bool failed = ZstdNative.Failed(result);
            written = failed ? 0 : (int)result;
            return !failed;
        }
    }
}
