namespace StreamEtl.Cli.Terminal;

/// <summary>What is said, how, and where else.</summary>
internal sealed record LogRules
{
    /// <summary>What messages look like.</summary>
    public LogForm Form { get; init; }

    /// <summary>The least that is logged.</summary>
    public LogLevel Level { get; init; } = LogLevel.Info;

    /// <summary>True: for people, nothing but errors.</summary>
    public bool Quiet { get; init; }

    /// <summary>True: people see the log too.</summary>
    public bool Verbose { get; init; }

    /// <summary>Who speaks.</summary>
    public string Component { get; init; } = "streametl.cli";

    /// <summary>Keeps secrets out of a text; null where there are none. A function, so that commands without a config do not load what reads configs.</summary>
    public Func<string, string>? Mask { get; init; }

    /// <summary>Takes every message as a log line too, or null.</summary>
    public LogFile? File { get; init; }
}
