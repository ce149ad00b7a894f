using StreamEtl.Encoding;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>An encoded row group.</summary>
internal sealed class RowGroupPart(BufferLease lease, int rows, long[] nullCounts, ColumnChunk[] columns)
    : EncodedPart(lease, rows, nullCounts)
{
    /// <summary>What the footer says of each column.</summary>
    public ColumnChunk[] Columns { get; } = columns;
}
