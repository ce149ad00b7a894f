namespace StreamEtl.Cli.Terminal;

/// <summary>How progress is shown.</summary>
internal enum ProgressMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>One line that is redrawn.</summary>
    Bar,

    /// <summary>A new line now and then.</summary>
    Lines,
}
