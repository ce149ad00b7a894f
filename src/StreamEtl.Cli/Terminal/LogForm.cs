namespace StreamEtl.Cli.Terminal;

/// <summary>What messages look like on standard error.</summary>
internal enum LogForm
{
    /// <summary>For a person at a terminal: <c>warning: …</c>.</summary>
    People,

    /// <summary><c>time - component - level - message</c>.</summary>
    Lines,

    /// <summary>One JSON object a line.</summary>
    Json,
}
