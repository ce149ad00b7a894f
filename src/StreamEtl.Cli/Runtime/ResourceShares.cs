namespace StreamEtl.Cli.Runtime;

/// <summary>
/// Divides memory and cores among tables that run at once: whoever begins gets its part of what is free, in view of those that may begin beside it, and
/// gives it back at its end. So the sum never exceeds the whole, and the last table is not held to a small part when nobody else needs the rest.
/// Thread-safe.
/// </summary>
internal sealed class ResourceShares
{
    /// <summary>The engine refuses less.</summary>
    public const long SmallestMemory = 64_000_000;

    /// <summary>Two tables at once with less than this each would spill more than the second core brings.</summary>
    private const long ComfortableMemory = 128_000_000;

    private readonly Lock _lock = new();
    private long _memory;
    private int _threads;
    private int _slots;
    private int _waiting;

    /// <summary>Divides the whole for a number of tables. <paramref name="parallel"/> is what the user wants at once, or null.</summary>
    public ResourceShares(long memory, int threads, int? parallel, int tables)
    {
        long fitting = Math.Max(1, memory / (parallel is null ? ComfortableMemory : SmallestMemory));
        _slots = (int)Math.Min(Math.Min(parallel ?? threads, tables), fitting);
        _memory = memory;
        _threads = Math.Max(threads, _slots);
        _waiting = tables;
        Slots = _slots;
    }

    /// <summary>Tables that run at once at most.</summary>
    public int Slots { get; }

    /// <summary>Takes a part. At most <see cref="Slots"/> parts are out at any time.</summary>
    public ResourceShare Take()
    {
        lock (_lock)
        {
            int together = Math.Max(1, Math.Min(_slots, _waiting));
            var share = new ResourceShare(_memory / together, Math.Max(1, _threads / together));
            _memory -= share.Memory;
            _threads -= share.Threads;
            _slots--;
            _waiting--;
            return share;
        }
    }

    /// <summary>Gives a part back.</summary>
    public void Return(ResourceShare share)
    {
        lock (_lock)
        {
            _memory += share.Memory;
            _threads += share.Threads;
            _slots++;
        }
    }
}
