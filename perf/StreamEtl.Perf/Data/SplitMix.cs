namespace StreamEtl.Perf.Data;

/// <summary>Random numbers that depend on the seed alone (SplitMix64, Steele, Lea and Flood 2014), so that a row can be made again without remembering it.</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number below <paramref name="limit"/>.</summary>
    public long Below(long limit) => (long)(Next() % (ulong)limit);
}
