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

    /// <summary>Rows per unit for a row group of which the given leaves are read under a memory limit of <paramref name="budget"/> bytes.</summary>
    public static int RowsPerUnit(RowGroupInfo group, IReadOnlyList<SchemaNode> leaves, long budget)
    {
        double bytes = 1;
        foreach (SchemaNode leaf in leaves)
        {
            ChunkInfo chunk = group.Chunks[leaf.FirstLeaf];
            double values = leaf.MaxRepetition == 0 ? group.RowCount : chunk.ValueCount;
            bytes += (leaf.Leaf!.Type.IsWide ? 16 : 8) * values;
            bytes += leaf.Leaf.Type.IsVariable ? chunk.UncompressedBytes : 0;
            bytes += leaf.MaxRepetition > 0 || leaf.MaxDefinition > 1 ? (2.0 * values) + (2.0 * chunk.UncompressedBytes) : 0;
        }
        double most = Math.Clamp(budget / UnitsInBudget, Smallest, Largest);
        double units = Math.Ceiling(bytes / most);
        return (int)Math.Clamp(Math.Ceiling(group.RowCount / units), 1, int.MaxValue >> 4);
    }
}
