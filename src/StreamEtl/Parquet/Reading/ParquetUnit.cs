using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Parquet.Reading;

/// <summary>Consecutive rows of one row group with the stored pages that they need.</summary>
internal sealed class ParquetUnit(BufferLease lease, int number, int rowGroup, LeafSlice?[] leaves) : SourceUnit(lease)
{
    private long _inputBytes;

    /// <summary>0-based number of the unit.</summary>
    public int Number => number;

    /// <summary>0-based index of the row group.</summary>
    public int RowGroup => rowGroup;

    /// <summary>0-based number of the first row within the file.</summary>
    public long FirstRow { get; private set; }

    /// <summary>Rows.</summary>
    public int RowCount { get; private set; }

    /// <summary>Pages by leaf; null for leaves that the plan does not need, and for all once they are released.</summary>
    public LeafSlice?[] Leaves => leaves;

    /// <inheritdoc/>
    public override long InputBytes => _inputBytes;

    /// <summary>States which rows the unit holds, once its pages are there.</summary>
    public void SetRows(long firstRow, int rowCount, long inputBytes)
    {
        FirstRow = firstRow;
        RowCount = rowCount;
        _inputBytes = inputBytes;
    }

    /// <summary>Gives the stored pages back once all that is needed of them is decoded.</summary>
    public void ReleaseStored()
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            LeafSlice? slice = leaves[i];
            leaves[i] = null;
            if (slice is { WholeChunk: true })
            {
                Lease.Release(slice.Bytes);
            }
            foreach (StoredPage page in slice?.Pages ?? [])
            {
                page.Release();
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        ReleaseStored();
        base.Dispose();
    }
}
