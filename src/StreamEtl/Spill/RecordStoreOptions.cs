using System.Runtime.CompilerServices;
using StreamEtl.Memory;

namespace StreamEtl.Spill;

/// <summary>What all partitions of a store share.</summary>
/// <param name="Budget">Chunks in memory are charged here.</param>
/// <param name="File">Where chunks go that the budget does not hold.</param>
/// <param name="RecordsPerChunk">Records in a chunk.</param>
/// <param name="KeepsContents">True when records carry contents.</param>
/// <param name="MemoryLimit">Chunks may use the budget up to this many bytes in all.</param>
internal sealed record RecordStoreOptions(MemoryBudget Budget, SpillFile File, int RecordsPerChunk, bool KeepsContents, long MemoryLimit)
{
    /// <summary>Bytes of contents after which a chunk is closed, though it has room for more records.</summary>
    public int ContentBytesPerChunk { get; init; }

    /// <summary>Bytes of a chunk's records.</summary>
    public long ChunkBytes { get; } = (long)RecordsPerChunk * Unsafe.SizeOf<KeyRecord>();

    /// <summary>Reserves if chunks may still use memory.</summary>
    public bool TryReserve(long bytes) => Budget.Used + bytes <= MemoryLimit && Budget.TryReserve(bytes);
}
