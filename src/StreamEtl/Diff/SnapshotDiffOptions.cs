namespace StreamEtl.Diff;

/// <summary>How two snapshots are compared.</summary>
/// <param name="Threads">Partitions decided at once.</param>
/// <param name="HasDate">Rows carry a date that tells which is newer.</param>
/// <param name="TextDate">The date is text or a wide decimal, compared byte by byte or by value, but not as one 64-bit number.</param>
/// <param name="StrictDate">With a date: rows that differ without a newer one are left out.</param>
/// <param name="KeepFirst">Of differing rows of one key within a side the first counts, not the last.</param>
/// <param name="Exact">Keys and rows are compared by content where their hashes are equal.</param>
internal sealed record SnapshotDiffOptions(int Threads, bool HasDate, bool TextDate, bool StrictDate, bool KeepFirst, bool Exact);
