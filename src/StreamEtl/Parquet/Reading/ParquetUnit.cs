using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Parquet.Reading;

/// <summary>Consecutive rows of one row group with the stored pages that they need.</summary>
internal sealed class ParquetUnit(BufferLease lease, int number, int rowGroup, long firstRow, int rowCount, LeafSlice?[] leaves, long inputBytes)
    : SourceUnit(lease)
{
    /// <summary>0-based number of the unit.</summary>
    public int Number => number;

    /// <summary>0-based index of the row group.</summary>
    public int RowGroup => rowGroup;

    /// <summary>0-based number of the first row within the file.</summary>
    public long FirstRow => firstRow;

    /// <summary>Rows.</summary>
    public int RowCount => rowCount;

    /// <summary>Pages by leaf; null for leaves that the plan does not need.</summary>
    public LeafSlice?[] Leaves => leaves;

    /// <inheritdoc/>
    public override long InputBytes => inputBytes;

    /// <summary>Gives the stored pages back once all that is needed of them is decoded.</summary>
    public void ReleaseStored()
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            if (leaves[i] is { WholeChunk: true } chunk)
            {
                Lease.Release(chunk.Bytes);
            }
            leaves[i] = null;
        }
    }
}
