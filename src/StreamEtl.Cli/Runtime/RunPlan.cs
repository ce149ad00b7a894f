using System.Globalization;
using System.Text;
using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Terminal;
using StreamEtl.Connectors.Configuration;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Runtime;

/// <summary>What <c>run</c> is to do: the config with what the command line says on top.</summary>
internal sealed record RunPlan
{
    /// <summary>The config.</summary>
    public required RunConfig Config { get; init; }

    /// <summary>The tables to run, each with its job, which still lacks inputs, memory and threads.</summary>
    public required IReadOnlyList<(TableConfig Table, IngestOptions Job)> Tables { get; init; }

    /// <summary>What all tables together may hold, in bytes.</summary>
    public required long Memory { get; init; }

    /// <summary>Cores for all tables together.</summary>
    public required int Threads { get; init; }

    /// <summary>Tables at once at most, or null: as many as there are cores and memory for.</summary>
    public int? Parallel { get; init; }

    /// <summary>Where the report goes, or null.</summary>
    public string? Report { get; init; }

    /// <summary>How progress is shown.</summary>
    public ProgressMode Progress { get; init; }

    /// <summary>Keeps secrets out.</summary>
    public required SecretMask Mask { get; init; }

    /// <summary>Where and how journeys are kept.</summary>
    public JourneySettings Journeys { get; init; } = JourneySettings.Off;

    /// <summary>Show stacks.</summary>
    public bool Debug { get; init; }

    /// <summary>The division of memory and cores.</summary>
    public ResourceShares Divide() => new(Memory, Threads, Parallel, Tables.Count);

    /// <summary>The plan for people, a line for each table.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach ((TableConfig table, IngestOptions job) in Tables)
        {
            string mode = job.Mode?.ToString().ToLowerInvariant() ?? "full, then cdc";
            string key = job.Key.Count > 0 ? $", key {string.Join(", ", job.Key)}" : "";
            text.Append(CultureInfo.InvariantCulture, $"{table.Name}: {string.Join(", ", table.Source)} -> {table.Into} ({mode}{key})\n");
        }
        int slots = Divide().Slots;
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Tables.Count} {(Tables.Count == 1 ? "table" : "tables")}, {slots} at once, memory {ByteSize.Format(Memory)}, threads {Threads}\n"
        );
        return text.ToString();
    }
}
