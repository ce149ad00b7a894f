using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Dedupe;

/// <summary>Keeps the first row of each hash, while rows stream by, as long as a table of all hashes fits.</summary>
/// <param name="budget">Charged with the table.</param>
/// <param name="expected">About how many rows will be kept, or 0.</param>
internal sealed class DistinctRows(MemoryBudget budget, long expected) : IDisposable
{
    /// <summary>Estimate for plans.</summary>
    public const int BytesPerRow = HashTables.BytesPerHash;

    private readonly HashTables _seen = new(budget, expected);

    /// <summary>Writes the positions of rows whose hash is new into <paramref name="rows"/>; returns how many, or -1 when the budget has no room.</summary>
    public int Filter(ReadOnlySpan<Hash128> hashes, Span<int> rows)
    {
        int kept = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            _seen.PrefetchAhead(hashes, i);
            Hash128 entry = HashTables.Entry(hashes[i].High, hashes[i].Low);
            ref HashTables.Table table = ref _seen.For(entry);
            if (Unsafe.IsNullRef(ref table))
            {
                return -1;
            }
            table.FindOrAdd(entry, Vector128<ulong>.AllBitsSet, out bool isNew);
            rows[kept] = i;
            kept += isNew ? 1 : 0;
        }
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose() => _seen.Dispose();
}
