namespace StreamEtl.Cli.Terminal;

/// <summary>Colours, where they are wanted.</summary>
internal sealed class Style(bool enabled)
{
    /// <summary>Errors.</summary>
    public string Red(string text) => enabled ? $"\e[1;31m{text}\e[0m" : text;

    /// <summary>Warnings.</summary>
    public string Yellow(string text) => enabled ? $"\e[33m{text}\e[0m" : text;

    /// <summary>Asides.</summary>
    public string Dim(string text) => enabled ? $"\e[2m{text}\e[0m" : text;

    /// <summary>
    /// Colours go to a terminal that can show them, unless <c>--no-color</c> or a non-empty <c>NO_COLOR</c> forbids; a non-empty <c>FORCE_COLOR</c> or
    /// <c>CLICOLOR_FORCE</c> (other than 0) wants them elsewhere too.
    /// </summary>
    public static Style For(bool isTerminal, bool forbidden, Func<string, string?> variable)
    {
        if (forbidden || !string.IsNullOrEmpty(variable("NO_COLOR")))
        {
            return new Style(enabled: false);
        }
        bool forced = variable("FORCE_COLOR") is { Length: > 0 } and not "0" || variable("CLICOLOR_FORCE") is { Length: > 0 } and not "0";
        return new Style(forced || (isTerminal && variable("TERM") != "dumb"));
    }
}
