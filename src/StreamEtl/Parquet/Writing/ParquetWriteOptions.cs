namespace StreamEtl.Parquet.Writing;

/// <summary>How a Parquet file is written.</summary>
public sealed record ParquetWriteOptions
{
    /// <summary>Page compression; a column chunk that it does not make smaller stays uncompressed.</summary>
    public CompressionCodec Codec { get; init; } = CompressionCodec.Snappy;

    /// <summary>Rows of a row group, about.</summary>
    public int RowsPerGroup { get; init; } = 122_880;

    /// <summary>Uncompressed bytes of a data page, about.</summary>
    public int PageBytes { get; init; } = 1 << 20;

    /// <summary>Entries of the footer's key-value metadata, read when the footer is written.</summary>
    public IReadOnlyDictionary<string, string> KeyValueMetadata { get; init; } = new Dictionary<string, string>();
}
