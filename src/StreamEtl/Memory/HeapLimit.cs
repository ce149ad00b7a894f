namespace StreamEtl.Memory;

/// <summary>Makes the collector keep to <c>--memory</c> too: without a limit it lets garbage pile up for as long as the machine has memory.</summary>
public static class HeapLimit
{
    /// <summary>What the runtime holds besides the run's buffers.</summary>
    private const long Slack = 36L << 20;

    /// <summary>For a process that runs one job: limits the managed heap to <paramref name="memory"/> and a little, from now on. Does nothing where the runtime does not support it.</summary>
    public static void Apply(long memory)
    {
        AppContext.SetData("GCHeapHardLimit", (ulong)(memory + (memory / 20) + Slack));
        try
        {
            GC.RefreshMemoryLimit();
        }
        catch (InvalidOperationException)
        {
            // The heap is larger than that already (a host that runs many jobs): then the limit is not ours to set.
        }
    }
}
