namespace StreamEtl.Tables;

/// <summary>How an input is compared with a table.</summary>
/// <param name="Threads">Partitions sorted at once.</param>
/// <param name="HasDate">Rows have ranks that tell which is newer.</param>
/// <param name="StrictDate">With ranks: rows that differ without a newer one are left out.</param>
/// <param name="KeepFirst">Of differing rows of one key in the input the first counts, not the last.</param>
/// <param name="Upsert">
/// The input has new and changed rows only: a key that it lacks stays, equal rows stay whatever their ranks, and among rows of one key in the input a higher rank replaces
/// a lower one.
/// </param>
/// <param name="OneRank">The rank that every row of the input has, where they all have the same.</param>
/// <param name="ByRecord">In the place of ranks stand hashes of records: a row whose record is the ledger's is settled, whatever its values.</param>
internal sealed record LedgerDiffOptions(
    int Threads,
    bool HasDate,
    bool StrictDate,
    bool KeepFirst,
    bool Upsert = false,
    ulong? OneRank = null,
    bool ByRecord = false
);
