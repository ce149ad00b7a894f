namespace StreamEtl.Pipeline;

/// <summary>What <c>diff</c> does with rows of one key that differ within one snapshot.</summary>
public enum DuplicateKeyRule
{
    /// <summary>The last one counts (the default).</summary>
    Last,

    /// <summary>The first one counts.</summary>
    First,

    /// <summary>The run fails.</summary>
    Fail,
}
