namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table files</c>: the files of a version, with sizes and checksums.</summary>
public sealed record TableFilesOptions : TableCareOptions
{
    /// <summary>The version; null for the newest.</summary>
    public long? At { get; init; }
}
