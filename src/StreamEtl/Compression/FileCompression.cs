namespace StreamEtl.Compression;

/// <summary>How a whole file is compressed.</summary>
internal enum FileCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>Zstandard (RFC 8878).</summary>
    Zstandard,

    /// <summary>A zip archive.</summary>
    Zip,

    /// <summary>bzip2; only recognised.</summary>
    Bzip2,

    /// <summary>xz; only recognised.</summary>
    Xz,

    /// <summary>LZ4 frames; only recognised.</summary>
    Lz4,

    /// <summary>compress(1); only recognised, by its suffix.</summary>
    Lzw,
}
