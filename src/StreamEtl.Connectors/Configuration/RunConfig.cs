using StreamEtl.Connectors.Scheduling;

namespace StreamEtl.Connectors.Configuration;

/// <summary>A config file that keeps to the schema, with its defaults spread over its tables. Paths are relative to the working folder.</summary>
public sealed record RunConfig
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>At least one; names are unique.</summary>
    public required IReadOnlyList<TableConfig> Tables { get; init; }

    /// <summary>What all tables together may hold, as written (<c>512MB</c>), or null.</summary>
    public string? Memory { get; init; }

    /// <summary>Cores for all tables together, or null.</summary>
    public int? Threads { get; init; }

    /// <summary>Tables that run at once at most, or null.</summary>
    public int? Parallel { get; init; }

    /// <summary>Folder for spill files, or null.</summary>
    public string? Temp { get; init; }

    /// <summary>Where the report goes, or null; <c>-</c> is standard error.</summary>
    public string? Report { get; init; }

    /// <summary>The file that keeps the config from running twice at once, or null: beside the config.</summary>
    public string? Lock { get; init; }

    /// <summary>When to run, or null.</summary>
    public RunSchedule? Schedule { get; init; }

    /// <summary>What is logged, and where.</summary>
    public LogConfig Log { get; init; } = new();
}
