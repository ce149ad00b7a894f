namespace StreamEtl.Cli.Terminal;

/// <summary>Severities; the numbers are OpenTelemetry's.</summary>
internal enum LogLevel
{
    /// <summary>For whoever looks for a fault.</summary>
    Debug = 5,

    /// <summary>What happened.</summary>
    Info = 9,

    /// <summary>What the user should look at.</summary>
    Warn = 13,

    /// <summary>Why the run failed.</summary>
    Error = 17,

    /// <summary>A fault of the program itself.</summary>
    Critical = 21,
}
