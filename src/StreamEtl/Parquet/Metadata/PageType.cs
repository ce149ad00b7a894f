namespace StreamEtl.Parquet.Metadata;

/// <summary>What a page holds; the numbers are those of <c>PageType</c> in parquet.thrift.</summary>
internal enum PageType
{
    /// <summary>Levels and values, compressed together.</summary>
    Data = 0,

    /// <summary>Never written by anyone.</summary>
    Index = 1,

    /// <summary>The distinct values of a column chunk.</summary>
    Dictionary = 2,

    /// <summary>Values compressed apart from levels, which have their lengths in the header.</summary>
    DataV2 = 3,
}
