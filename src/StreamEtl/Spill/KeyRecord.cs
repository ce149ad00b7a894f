using System.Runtime.InteropServices;
using StreamEtl.Batches;

namespace StreamEtl.Spill;

/// <summary>What is remembered of a row while its fate is open. 40 bytes.</summary>
/// <param name="Key">Hash of the key.</param>
/// <param name="Row">Hash of the compared values (64 bits suffice: it is only ever compared between rows of one key).</param>
/// <param name="Rank">Date or decision value as a <see cref="Hashing.SortKey"/>.</param>
/// <param name="Place">The row's ordinal in its side, and marks in the top bits.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct KeyRecord(Hash128 Key, ulong Row, ulong Rank, long Place)
{
    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 40;

    /// <summary>Marks rows of the newer side.</summary>
    public const long NewSide = long.MinValue;

    /// <summary>Marks a row of the older side whose equal is the key's first row on the newer one, and is not remembered itself.</summary>
    public const long SeenEqual = 1L << 62;

    /// <summary>Marks a row of the newer side that is malformed but for its key: it says nothing but that the key is there.</summary>
    public const long Held = 1L << 60;

    private const long Marks = NewSide | SeenEqual | Held;

    /// <summary>True for a row of the newer side.</summary>
    public bool IsNew => Place < 0;

    /// <summary>True for a malformed row of the newer side.</summary>
    public bool IsHeld => (Place & (NewSide | Held)) == (NewSide | Held);

    /// <summary>True for a row of the older side whose equal was the key's first row on the newer one.</summary>
    public bool HasEqual => (Place & SeenEqual) != 0;

    /// <summary>The ordinal without marks.</summary>
    public long Ordinal => Place & ~Marks;
}
