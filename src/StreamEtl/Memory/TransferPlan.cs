namespace StreamEtl.Memory;

/// <summary>How much of a run's memory is under way between the process and stores that are not on its machine.</summary>
public static class TransferPlan
{
    private const long Most = 96L << 20;
    private const int Share = 8;

    /// <summary>What a store's client holds of its own: its code, compiled, and its connections.</summary>
    private const long MostOfClient = 40L << 20;

    /// <summary>For a run that uses such stores, of its memory option: half for what is read ahead, half for what is being written.</summary>
    public static long Bytes(long memory) => Math.Min(memory / Share, Most);

    /// <summary>For a run that uses such stores, of its memory option: what their clients take besides.</summary>
    public static long ClientBytes(long memory) => Math.Min(memory / Share, MostOfClient);

    /// <summary>Bytes that may be read ahead.</summary>
    public static long ReadBytes(long memory) => Bytes(memory) / 2;

    /// <summary>Bytes that may be on their way out.</summary>
    public static long WriteBytes(long memory) => Bytes(memory) / 2;
}
