namespace StreamEtl.Parquet.Reading;

/// <summary>The stored pages of one leaf that a unit's rows need: the dictionary page, if any, then data pages, each behind its header.</summary>
/// <param name="Bytes">The pages; an array of the unit's lease with slack behind them.</param>
/// <param name="Length">Bytes in use.</param>
/// <param name="FileOffset">File offset of the first byte, for messages; of later pages only approximate when the chunk is cut into several units.</param>
/// <param name="SkipRows">Rows that start in the first data page before the unit's first row.</param>
/// <param name="WholeChunk">True when all pages of the chunk are here.</param>
internal sealed record LeafSlice(byte[] Bytes, int Length, long FileOffset, int SkipRows, bool WholeChunk);
