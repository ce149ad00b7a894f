namespace StreamEtl.Memory;

/// <summary>Makes the collector keep to <c>--memory</c> too: without a limit it lets garbage pile up for as long as the machine has memory.</summary>
public static class HeapLimit
{
    /// <summary>What the runtime holds besides the run's buffers.</summary>
    private const long Slack = 45L << 20;

    /// <summary>What a process holds outside of the heap at least: the runtime, and the pages of its code.</summary>
    private const long Outside = 38_000_000;

    /// <summary>What a table of hundreds of columns needs on a thread or two: where the user allows less, the process holds this and the runtime rather than end in an error.</summary>
    private const long Least = 80L << 20;

    /// <summary>Bytes of the heap under <paramref name="memory"/>.</summary>
    internal static long Bytes(long memory) => Math.Max(Least, Math.Min((memory / 20 * 13) + Slack, memory - Outside));

    /// <summary>
    /// For a process that runs one job under <paramref name="memory"/> bytes: limits the managed heap, from now on, to what batches in flight, parts and contents take of them;
    /// tables of keys lie outside it. Does nothing where the runtime does not support it.
    /// </summary>
    public static void Apply(long memory)
    {
        AppContext.SetData("GCHeapHardLimit", (ulong)Bytes(memory));
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
    /// Whether most of the limit is taken, in use or not: what the collector keeps ready for small objects counts too, but does not serve large arrays, and it ends a run sooner than it gives
    /// that back by itself. Where arrays are needed next that no pool has, <see cref="MemoryBudget.GiveBack"/> comes first then.
    /// </summary>
    internal static bool IsNear()
    {
        GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
        return last.TotalCommittedBytes > last.TotalAvailableMemoryBytes / 4 * 3;
    }
}
