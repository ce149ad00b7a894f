using StreamEtl.Batches;

namespace StreamEtl.Diff;

/// <summary>What a <see cref="RowSieve"/> left open.</summary>
internal sealed class SievedRows(RowBitmap first, RowBitmap equalled, RowBitmap second, long unchanged) : IDisposable
{
    /// <summary>Rows of the first side to be compared.</summary>
    public RowBitmap First { get; } = first;

    /// <summary>Those of <see cref="First"/> whose key began on the second side with an equal row: that one is not in <see cref="Second"/>, and the row stands for it.</summary>
    public RowBitmap Equalled { get; } = equalled;

    /// <summary>Rows of the second side to be compared.</summary>
    public RowBitmap Second { get; } = second;

    /// <summary>Keys that are settled.</summary>
    public long Unchanged { get; } = unchanged;

    /// <inheritdoc/>
    public void Dispose()
    {
        First.Dispose();
        Equalled.Dispose();
        Second.Dispose();
    }
}
