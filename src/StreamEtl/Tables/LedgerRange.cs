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

    /// <summary>All partitions, in ranges for so many threads.</summary>
    public static IEnumerable<LedgerRange> Split(int threads)
    {
        int ranges = threads * RangesPerThread;
        return Enumerable.Range(0, ranges).Select(r => new LedgerRange(Bound(r, ranges), Bound(r + 1, ranges)));
    }

    private static int Bound(int range, int ranges) => LedgerFormat.Partitions * range / ranges;
}
