namespace StreamEtl.Memory;

/// <summary>Makes the collector keep to <c>--memory</c> too: without a limit it lets garbage pile up for as long as the machine has memory.</summary>
public static class HeapLimit
{
    /// <summary>What the runtime holds besides the run's buffers.</summary>
    private const long Slack = 45L << 20;

    /// <summary>
    /// For a process that runs one job under <paramref name="memory"/> bytes: limits the managed heap, from now on, to what batches in flight, parts and contents take of them;
    /// tables of keys lie outside it. Does nothing where the runtime does not support it.
    /// </summary>
    public static void Apply(long memory)
    {
        AppContext.SetData("GCHeapHardLimit", (ulong)((memory / 20 * 13) + Slack));
        try
        {
            GC.RefreshMemoryLimit();
        }
        catch (InvalidOperationException)
        {
            // The heap is larger than that already (a host that runs many jobs): then the limit is not ours to set.
        }
    }

    /// <summary>
    /// Before something is opened, which needs arrays that no pool has: what the collector keeps ready for small objects counts against the limit, but does not serve large arrays, and it
    /// ends a run sooner than it gives that back by itself. Where most of the limit is taken, it is told to: tens of milliseconds.
    /// </summary>
    internal static void MakeRoom()
    {
        GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
        if (last.TotalCommittedBytes > last.TotalAvailableMemoryBytes / 4 * 3)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
