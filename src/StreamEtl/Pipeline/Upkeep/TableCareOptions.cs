using StreamEtl.Storage;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>What the verbs that look after tables have in common. <see cref="JobOptions.Output"/> takes what they have to say.</summary>
public abstract record TableCareOptions : JobOptions
{
    /// <summary>The folder that holds tables.</summary>
    public required string Folder { get; init; }

    /// <summary>The same folder as a store, where it is not one of this machine; null: <see cref="Folder"/> names a local folder.</summary>
    public IObjectStore? Store { get; init; }

    /// <summary>The table, as the user gave it; null: every table of the folder.</summary>
    public string? Table { get; init; }

    /// <summary>True: what is said is one JSON array; false: lines for people.</summary>
    public bool Json { get; init; }
}
