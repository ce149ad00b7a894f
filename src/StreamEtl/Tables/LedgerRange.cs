namespace StreamEtl.Tables;

/// <summary>Some consecutive partitions of a ledger: keys of one are never in another, so ranges are worked at apart.</summary>
/// <param name="First">The first partition.</param>
/// <param name="End">The partition after the last.</param>
internal readonly record struct LedgerRange(int First, int End)
{
    /// <summary>All partitions.</summary>
    public static LedgerRange All => new(0, LedgerFormat.Partitions);

    /// <summary>Ranges for each thread: one that is done early helps the others.</summary>
    private const int RangesPerThread = 4;

    /// <summary>Does the work for all partitions, in ranges, as many at once as there are threads.</summary>
    public static Task ForEachAsync(
        int threads,
        Func<LedgerRange, CancellationToken, ValueTask> work,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            Enumerable
                .Range(0, threads * RangesPerThread)
                .Select(r => new LedgerRange(Bound(r, threads * RangesPerThread), Bound(r + 1, threads * RangesPerThread))),
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            work
        );

    private static int Bound(int range, int ranges) => LedgerFormat.Partitions * range / ranges;
}
