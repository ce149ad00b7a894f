namespace StreamEtl.Parquet.Metadata;

/// <summary>Where the values of one leaf column in one row group are (<c>ColumnChunk</c> and <c>ColumnMetaData</c> in parquet.thrift).</summary>
internal sealed class ChunkInfo
{
    /// <summary>Storage of the values.</summary>
    public PhysicalType Type { get; set; }

    /// <summary>Page compression.</summary>
    public CompressionCodec Codec { get; set; }

    /// <summary>Values, NULLs included.</summary>
    public long ValueCount { get; set; }

    /// <summary>Bytes of all pages, headers included, before compression; a hint, some writers get it wrong.</summary>
    public long UncompressedBytes { get; set; }

    /// <summary>Bytes of all pages, headers included, in the file.</summary>
    public long CompressedBytes { get; set; }

    /// <summary>File offset of the first data page.</summary>
    public long DataOffset { get; set; }

    /// <summary>File offset of the dictionary page, when there is one.</summary>
    public long? DictionaryOffset { get; set; }

    /// <summary>True when the metadata of the column is there.</summary>
    public bool HasMetadata { get; set; }

    /// <summary>True when the column is encrypted.</summary>
    public bool IsEncrypted { get; set; }

    /// <summary>Another file that holds the pages.</summary>
    public string? FilePath { get; set; }

    /// <summary>File offset of the offset index; 0 when there is none.</summary>
    public long IndexOffset { get; set; }

    /// <summary>Bytes of the offset index.</summary>
    public int IndexLength { get; set; }

    /// <summary>File offset of the first page. Some writers state a dictionary offset of 0 for "none".</summary>
    public long Start => DictionaryOffset is { } d && d >= 4 && d < DataOffset ? d : DataOffset;
}
