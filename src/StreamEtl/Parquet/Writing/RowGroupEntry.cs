namespace StreamEtl.Parquet.Writing;

/// <summary>A written row group, for the footer.</summary>
/// <param name="Offset">Where it starts in the file.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="StoredBytes">Its bytes.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record RowGroupEntry(long Offset, int Rows, long StoredBytes, ColumnChunk[] Columns);
