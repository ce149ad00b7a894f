namespace StreamEtl.Parquet;

/// <summary>Page compression; the numbers are those of <c>CompressionCodec</c> in parquet.thrift.</summary>
public enum CompressionCodec
{
    /// <summary>None.</summary>
    Uncompressed = 0,

    /// <summary>Raw Snappy blocks.</summary>
    Snappy = 1,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip = 2,

    /// <summary>LZO; not supported.</summary>
    Lzo = 3,

    /// <summary>Brotli.</summary>
    Brotli = 4,

    /// <summary>LZ4 with Hadoop's or the frame format's framing; read only.</summary>
    Lz4 = 5,

    /// <summary>Zstandard.</summary>
    Zstd = 6,

    /// <summary>Raw LZ4 blocks.</summary>
    Lz4Raw = 7,
}
