using StreamEtl.Batches;
using StreamEtl.Spill;

namespace StreamEtl.Diff;

/// <summary>
/// Is told of every change that a <see cref="SnapshotDiff"/> decides. Called by many threads at once, but for key hashes that begin with the same
/// <see cref="RecordStore.PartitionBits"/> bits by one at a time.
/// </summary>
internal interface IChangeSink
{
    /// <summary>A key that only NEW has; the place is the ordinal of its row.</summary>
    void Inserted(in KeyRecord row);

    /// <summary>A key whose row changed: NEW's row, and the hash that OLD's had.</summary>
    void Updated(in KeyRecord row, ulong oldRow);

    /// <summary>A key that only OLD has: the hash of its row, and the ordinal with which it was added.</summary>
    void Deleted(in Hash128 key, ulong oldRow, long ordinal);
}
