namespace StreamEtl.Parquet.Writing;

/// <summary>What the footer says of one column of one row group. Offsets are relative to the row group until it is written.</summary>
internal sealed class ColumnChunk
{
    /// <summary>Codec of all pages.</summary>
    public CompressionCodec Codec { get; set; }

    /// <summary>Encodings used, levels included.</summary>
    public int[] Encodings { get; set; } = [];

    /// <summary>Rows, NULLs included.</summary>
    public long Values { get; set; }

    /// <summary>NULLs.</summary>
    public long NullCount { get; set; }

    /// <summary>Distinct values, when a dictionary knows them.</summary>
    public long? Distinct { get; set; }

    /// <summary>Bytes of all pages with headers, before compression.</summary>
    public long UncompressedBytes { get; set; }

    /// <summary>Bytes of all pages with headers, as stored.</summary>
    public long StoredBytes { get; set; }

    /// <summary>Where the dictionary page starts, or -1.</summary>
    public long DictionaryOffset { get; set; } = -1;

    /// <summary>Where the first data page starts.</summary>
    public long DataOffset { get; set; }

    /// <summary>Smallest and largest value, or null when there is none.</summary>
    public Bounds? Bounds { get; set; }

    /// <summary>The data pages; none once the row group is written, and the indexes of them stand below.</summary>
    public List<DataPage> Pages { get; set; } = [];

    /// <summary>The offset index as it will be written.</summary>
    public byte[] EncodedOffsetIndex { get; set; } = [];

    /// <summary>The column index as it will be written; empty where there can be none.</summary>
    public byte[] EncodedColumnIndex { get; set; } = [];

    /// <summary>Where the offset index and the column index stand, once written: offset and length each.</summary>
    public (long Offset, int Length) OffsetIndex { get; set; }

    /// <summary>As <see cref="OffsetIndex"/>.</summary>
    public (long Offset, int Length) ColumnIndex { get; set; }
}
