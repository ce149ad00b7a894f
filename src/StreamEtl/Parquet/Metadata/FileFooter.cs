namespace StreamEtl.Parquet.Metadata;

/// <summary>What a reader needs of a file's footer (<c>FileMetaData</c> in parquet.thrift).</summary>
internal sealed class FileFooter
{
    /// <summary>The schema tree in depth-first order; the first element is the root.</summary>
    public List<SchemaElement> Schema { get; } = [];

    /// <summary>Row groups in file order.</summary>
    public List<RowGroupInfo> RowGroups { get; } = [];

    /// <summary>The writer, as it names itself.</summary>
    public string? CreatedBy { get; set; }

    /// <summary>True when (some) columns are encrypted though the footer is not.</summary>
    public bool IsEncrypted { get; set; }
}
