using System.Runtime.InteropServices;
using StreamEtl.Batches;

namespace StreamEtl.Spill;

/// <summary>What is remembered of a row while its fate is open. 40 bytes.</summary>
/// <param name="Key">Hash of the key.</param>
/// <param name="Row">Hash of the compared values (64 bits suffice: it is only ever compared between rows of one key).</param>
/// <param name="Rank">Date or decision value as a <see cref="Hashing.SortKey"/>.</param>
/// <param name="Ordinal">The row's ordinal in its side; the sign bit marks the newer side.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct KeyRecord(Hash128 Key, ulong Row, ulong Rank, long Ordinal)
{
    /// <summary>Marks rows of the newer side.</summary>
    public const long NewSide = long.MinValue;

    /// <summary>True for a row of the newer side.</summary>
    public bool IsNew => Ordinal < 0;

    /// <summary>The ordinal without the mark.</summary>
    public long RowNumber => Ordinal & long.MaxValue;
}
