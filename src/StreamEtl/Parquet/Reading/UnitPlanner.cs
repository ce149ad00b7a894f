using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Decides how many rows of a row group one unit has: as many as decode to a few megabytes, which the caches and several threads like, or to less under a small
/// memory limit.
/// </summary>
internal static class UnitPlanner
{
    private const int Smallest = 1 << 20;
    private const int Largest = 8 << 20;
    private const int UnitsInBudget = 64;

    /// <summary>When fewer than this share of the rows are wanted, one column at a time is decoded, and they are taken out of it.</summary>
    public const int SparseShare = 4;

    /// <summary>
    /// Rows per unit for a row group of which the given leaves are read under a memory limit of <paramref name="budget"/> bytes; <paramref name="sparse"/>: and of them few rows.
    /// </summary>
    public static int RowsPerUnit(RowGroupInfo group, IReadOnlyList<SchemaNode> leaves, long budget, bool sparse = false)
    {
        double bytes = 1;
        double largest = 0;
        foreach (SchemaNode leaf in leaves)
        {
            ChunkInfo chunk = group.Chunks[leaf.FirstLeaf];
            double values = leaf.MaxRepetition == 0 ? group.RowCount : chunk.ValueCount;
            double decoded = (leaf.Leaf!.Type.IsWide ? 16 : 8) * values;
            decoded += leaf.Leaf.Type.IsVariable ? chunk.UncompressedBytes : 0;
            decoded += leaf.MaxRepetition > 0 || leaf.MaxDefinition > 1 ? (2.0 * values) + (2.0 * chunk.UncompressedBytes) : 0;
            bytes += decoded;
            largest = Math.Max(largest, decoded);
        }
        bytes = sparse ? largest + (bytes / SparseShare) : bytes;
        double most = Math.Clamp(budget / UnitsInBudget, Smallest, Largest);
        double units = Math.Ceiling(bytes / most);
        return (int)Math.Clamp(Math.Ceiling(group.RowCount / units), 1, int.MaxValue >> 4);
    }
}
