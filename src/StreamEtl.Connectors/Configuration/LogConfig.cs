namespace StreamEtl.Connectors.Configuration;

/// <summary>What a config says of the log; null means: as the command line says.</summary>
public sealed record LogConfig
{
    /// <summary>A file to which log lines are appended.</summary>
    public string? File { get; init; }

    /// <summary><c>DEBUG</c>, <c>INFO</c>, <c>WARNING</c>, <c>ERROR</c> or <c>CRITICAL</c>.</summary>
    public string? Level { get; init; }

    /// <summary><c>text</c> or <c>json</c>.</summary>
    public string? Format { get; init; }
}
