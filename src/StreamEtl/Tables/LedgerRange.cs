namespace StreamEtl.Tables;

/// <summary>Some consecutive partitions of a ledger: keys of one are never in another, so ranges are worked at apart.</summary>
/// <param name="First">The first partition.</param>
/// <param name="End">The partition after the last.</param>
internal readonly record struct LedgerRange(int First, int End)
{
    /// <summary>All partitions.</summary>
    public static LedgerRange All => new(0, LedgerFormat.Partitions);

    /// <summary>Does the work for all partitions, in as many ranges as there are threads, at once.</summary>
    public static Task ForEachAsync(
        int threads,
        Func<LedgerRange, CancellationToken, ValueTask> work,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, threads).Select(t => new LedgerRange(Bound(t, threads), Bound(t + 1, threads))),
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            work
        );

    private static int Bound(int thread, int threads) => LedgerFormat.Partitions * thread / threads;
}
