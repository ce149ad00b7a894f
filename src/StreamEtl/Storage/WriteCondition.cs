namespace StreamEtl.Storage;

/// <summary>When a written object may take its key.</summary>
public enum WriteCondition
{
    /// <summary>Only when no object has the key. Of writers that race, exactly one wins; this is what commits rest on.</summary>
    IfAbsent,

    /// <summary>In any case. A reader sees the old object or the new one.</summary>
    Replace,
}
