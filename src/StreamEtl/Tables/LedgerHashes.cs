using StreamEtl.Types;

namespace StreamEtl.Tables;

/// <summary>What the hashes of a ledger were made of, and how: they compare only with hashes made alike.</summary>
/// <param name="Function">Name of the function and its seeds; <see cref="Current"/> is the one of this version.</param>
/// <param name="KeyColumns">Columns of the key hash, in order.</param>
/// <param name="RowColumns">Columns of the row hash, in order.</param>
/// <param name="RankColumn">The column whose values are the ranks; null when rows have none.</param>
/// <param name="Records">
/// Where rows have no ranks, what stands in their place: hashes of the records that the rows were read from, all of this form (<see cref="RecordForms"/>), or 0 where the form was another one. Null: 0.
/// </param>
public sealed record LedgerHashes(
    string Function,
    IReadOnlyList<Field> KeyColumns,
    IReadOnlyList<Field> RowColumns,
    Field? RankColumn = null,
    string? Records = null
)
{
    /// <summary><see cref="Hashing.RowHasher"/> with the seeds of keys and rows. Any change of these needs another name.</summary>
    public const string Current = "rowhasher-1";

    /// <summary>Whether hashes made over these columns compare with the ledger's.</summary>
    public bool Matches(LedgerHashes other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return MatchesKeys(other)
            && Same(RowColumns, other.RowColumns)
            && Same(RankColumn is null ? [] : [RankColumn], other.RankColumn is null ? [] : [other.RankColumn]);
    }

    /// <summary>Whether at least the hashes of keys compare.</summary>
    public bool MatchesKeys(LedgerHashes other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Function == other.Function && Same(KeyColumns, other.KeyColumns);
    }

    private static bool Same(IReadOnlyList<Field> one, IReadOnlyList<Field> other) =>
        one.Select(f => (f.Name, f.Type)).SequenceEqual(other.Select(f => (f.Name, f.Type)));
}
