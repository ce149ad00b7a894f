namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table vacuum</c>: removes what only old versions need, and what no version names.</summary>
public sealed record TableVacuumOptions : TableCareOptions
{
    /// <summary>Versions that stay readable, counted from the newest; at least 1.</summary>
    public required int Keep { get; init; }

    /// <summary>True: says what would be removed, and removes nothing.</summary>
    public bool DryRun { get; init; }
}
