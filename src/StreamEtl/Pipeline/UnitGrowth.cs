namespace StreamEtl.Pipeline;

/// <summary>
/// How many times the bytes of a unit its batch holds: fewer where most columns are left out, ten times and more where a table has many columns of short values. Measured, so that the gate
/// counts a unit as what it is going to be, and not only once many are decoded. Thread-safe.
/// </summary>
internal sealed class UnitGrowth
{
    private readonly Lock _lock = new();
    private long _before;
    private long _after;

    /// <summary>What a unit of so many bytes will hold; null when nothing is known yet.</summary>
    public long? Of(long bytes)
    {
        lock (_lock)
        {
            return _before == 0 ? null : Math.Max(bytes, (long)((double)_after / _before * bytes));
        }
    }

    /// <summary>Records a unit that had <paramref name="before"/> bytes when it was read, and <paramref name="after"/> decoded.</summary>
    public void Observe(long before, long after)
    {
        lock (_lock)
        {
            _before += before;
            _after += after;
        }
    }
}
