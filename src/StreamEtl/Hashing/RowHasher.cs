using StreamEtl.Batches;

namespace StreamEtl.Hashing;

/// <summary>
/// Hashes of rows over typed values, a column at a time (<see cref="ColumnMixer{TState, TMixer}"/>): 128 bits that stand for a row, or 64 that tell whether it is the one that it is held
/// against.
/// </summary>
public static class RowHasher
{
    /// <summary>Hashes <paramref name="count"/> rows of the columns (NULL entries of the list are not allowed) into <paramref name="result"/>.</summary>
    public static void Hash(IReadOnlyList<Column> columns, int count, ulong seed, Span<Hash128> result)
    {
        ArgumentNullException.ThrowIfNull(columns);
        Span<Hash128> hashes = result[..count];
        hashes.Fill(new Hash128(seed ^ Folding.P0, seed + Folding.P1));
        foreach (Column column in columns)
        {
            ColumnMixer<Hash128, HashMixer>.Mix(column, hashes);
        }
        bool isNarrow = HashWidth.Bits < HashWidth.Trusted;
        foreach (ref Hash128 h in hashes)
        {
            var mixed = new Hash128(
                Folding.Fold(h.High ^ Folding.P2, h.Low ^ Folding.P3),
                Folding.Fold(h.Low ^ Folding.P4, h.High ^ Folding.P1)
            );
            h = isNarrow ? HashWidth.Apply(mixed) : mixed;
        }
    }

    /// <summary>
    /// Prints of <paramref name="count"/> rows of the columns: 64-bit hashes for rows that are told by something else as well, their key. Only ever compared for being equal: no bits of them
    /// are spread better than others.
    /// </summary>
    public static void Print(IReadOnlyList<Column> columns, int count, Span<ulong> result)
    {
        ArgumentNullException.ThrowIfNull(columns);
        Span<ulong> prints = result[..count];
        prints.Fill(Folding.P1);
        foreach (Column column in columns)
        {
            ColumnMixer<ulong, PrintMixer>.Mix(column, prints);
        }
    }
}
