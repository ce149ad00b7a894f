using StreamEtl.Batches;

namespace StreamEtl.Diff;

/// <summary>What a diff found: which rows are in the changes, and exact counts.</summary>
internal sealed class DiffOutcome(RowBitmap inserted, RowBitmap updated, RowBitmap deleted) : IDisposable
{
    /// <summary>Rows of NEW whose key OLD lacks.</summary>
    public RowBitmap Inserted { get; } = inserted;

    /// <summary>Rows of NEW that differ from OLD's.</summary>
    public RowBitmap Updated { get; } = updated;

    /// <summary>Rows of OLD whose key NEW lacks.</summary>
    public RowBitmap Deleted { get; } = deleted;

    /// <summary>The counts.</summary>
    public DiffCounts Counts { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Inserted.Dispose();
        Updated.Dispose();
        Deleted.Dispose();
    }
}
