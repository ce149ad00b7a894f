using StreamEtl.Batches;

namespace StreamEtl.Diff;

/// <summary>What a <see cref="RowSieve"/> left open.</summary>
internal sealed class SievedRows(RowBitmap old, RowBitmap equalled, RowBitmap now, long unchanged) : IDisposable
{
    /// <summary>Rows of OLD to be compared.</summary>
    public RowBitmap Old { get; } = old;

    /// <summary>Those of <see cref="Old"/> whose key began on NEW with an equal row: that one is not in <see cref="New"/>, and the row of OLD stands for it.</summary>
    public RowBitmap Equalled { get; } = equalled;

    /// <summary>Rows of NEW to be compared.</summary>
    public RowBitmap New { get; } = now;

    /// <summary>Keys that are settled.</summary>
    public long Unchanged { get; } = unchanged;

    /// <inheritdoc/>
    public void Dispose()
    {
        Old.Dispose();
        Equalled.Dispose();
        New.Dispose();
    }
}
