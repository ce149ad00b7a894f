namespace StreamEtl.Parquet.Metadata;

/// <summary>A horizontal slice of a file (<c>RowGroup</c> in parquet.thrift).</summary>
internal sealed class RowGroupInfo
{
    /// <summary>One for each leaf of the schema, in its order.</summary>
    public List<ChunkInfo> Chunks { get; } = [];

    /// <summary>Rows.</summary>
    public long RowCount { get; set; }
}
