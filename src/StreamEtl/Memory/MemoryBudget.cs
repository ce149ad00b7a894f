namespace StreamEtl.Memory;

/// <summary>
/// The bytes that a run may hold (<c>--memory</c>). Every pool and every table reserves here before it allocates.
/// Thread-safe. <see cref="Reserve"/> always succeeds and may overshoot: it is for bytes already covered by a plan;
/// <see cref="TryReserve"/> is for what can spill instead.
/// </summary>
public sealed class MemoryBudget(long limit)
{
    private readonly List<BufferPool> _pools = [];
    private long _used;
    private long _peak;

    /// <summary>The limit in bytes.</summary>
    public long Limit { get; } = limit;

    /// <summary>Bytes reserved now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>The most bytes ever reserved at once.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Reserves without asking.</summary>
    public void Reserve(long bytes) => RecordPeak(Interlocked.Add(ref _used, bytes));

    /// <summary>Reserves if the limit allows it.</summary>
    public bool TryReserve(long bytes)
    {
        long now = Interlocked.Add(ref _used, bytes);
        if (now > Limit)
        {
            Interlocked.Add(ref _used, -bytes);
            return false;
        }
        RecordPeak(now);
        return true;
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);

    /// <summary>
    /// Has all pools forget their idle arrays, and the collector give the memory back to the system: for the moment when what comes needs arrays of other sizes. Takes milliseconds.
    /// </summary>
    public void GiveBack()
    {
        BufferPool[] pools;
        lock (_pools)
        {
            pools = [.. _pools];
        }
        foreach (BufferPool pool in pools)
        {
            pool.Trim(collects: true);
        }
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>A pool whose arrays are charged here.</summary>
    internal void Add(BufferPool pool)
    {
        lock (_pools)
        {
            _pools.Add(pool);
        }
    }

    private void RecordPeak(long now)
    {
        long peak = Volatile.Read(ref _peak);
        while (now > peak)
        {
            long seen = Interlocked.CompareExchange(ref _peak, now, peak);
            if (seen == peak)
            {
                return;
            }
            peak = seen;
        }
    }
}
