namespace StreamEtl.Pipeline.Upkeep;

/// <summary>What verifying a version has shown.</summary>
internal sealed class VersionFindings
{
    /// <summary>The version.</summary>
    public required long Version { get; init; }

    /// <summary>True when its files were removed by a vacuum, so that there was nothing to look at.</summary>
    public bool Vacuumed { get; set; }

    /// <summary>What was added up, for people.</summary>
    public string Proof { get; set; } = "";

    /// <summary>What is wrong, each with the file that it is in.</summary>
    public List<string> Faults { get; } = [];
}
