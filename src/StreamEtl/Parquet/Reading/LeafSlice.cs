namespace StreamEtl.Parquet.Reading;

/// <summary>What a unit needs of one leaf: a whole column chunk as it is stored, or the pages that the unit's rows lie in.</summary>
/// <param name="Bytes">A whole chunk, headers and payloads, in an array of the unit's lease with slack behind it; empty for pages.</param>
/// <param name="Length">Bytes of the chunk, or of the pages.</param>
/// <param name="FileOffset">File offset of the first byte.</param>
/// <param name="Pages">The dictionary page, if any, then data pages; null for a whole chunk.</param>
/// <param name="SkipRows">Rows that begin in the first data page before the unit's first row.</param>
internal sealed record LeafSlice(byte[] Bytes, int Length, long FileOffset, StoredPage[]? Pages = null, int SkipRows = 0)
{
    /// <summary>True when all pages of the chunk are here.</summary>
    public bool WholeChunk => Pages is null;
}
