using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Verbs;

namespace StreamEtl.Cli.Runtime;

/// <summary>How a run talks: what the message options and the environment say together.</summary>
/// <param name="Report">Where the report goes, or null.</param>
/// <param name="Progress">How progress is shown.</param>
/// <param name="Debug">Show stacks.</param>
/// <param name="Messages">Where messages go.</param>
internal sealed record RunSettings(string? Report, ProgressMode Progress, bool Debug, Messages Messages)
{
    /// <summary>Where and how journeys are kept, for the verbs that are journeys.</summary>
    public JourneySettings Journeys { get; init; } = JourneySettings.Off;

    /// <summary>Reads the options, then the environment. <paramref name="command"/>: the words of the command line.</summary>
    public static RunSettings From(ParsedArguments arguments, Host host, IReadOnlyList<string> command)
    {
        // Asked only where it matters: a quiet run has nothing to do with a terminal, and starts the sooner.
        var terminal = new Lazy<bool>(host.ErrorIsTerminal);
        bool quiet = arguments.Flag(MessageOptions.Quiet) ?? false;
        bool json = arguments.Text(MessageOptions.LogFormat) == "json";
        bool noColor = arguments.Flag(MessageOptions.NoColor) ?? false;
        bool dumb = host.Variable("TERM") == "dumb";
        ProgressMode progress = (arguments.Text(MessageOptions.Progress) ?? "auto") switch
        {
            "always" => !dumb && !json && terminal.Value ? ProgressMode.Bar : ProgressMode.Lines,
            "auto" when !quiet && !dumb && !json && terminal.Value => ProgressMode.Bar,
            _ => ProgressMode.None,
        };
        var style = new Lazy<Style>(() => Style.For(terminal.Value, noColor, host.Variable));
        return new RunSettings(
            arguments.Text(MessageOptions.Report),
            progress,
            (arguments.Flag(MessageOptions.Debug) ?? false) || DebugVariable(host),
            new Messages(host.OpenError, style, Rules(json, quiet, arguments.Flag(MessageOptions.Verbose) ?? false))
        )
        {
            Journeys = JourneyOptions.Read(arguments, host, command),
        };
    }

    /// <summary>For errors that stand before the options are known, found by looking for the words themselves.</summary>
    public static RunSettings Early(string[] arguments, Host host)
    {
        bool noColor = arguments.Contains("--no-color", StringComparer.Ordinal);
        int format = Array.IndexOf(arguments, "--log-format");
        bool json =
            arguments.Contains("--log-format=json", StringComparer.Ordinal)
            || (format >= 0 && format + 1 < arguments.Length && arguments[format + 1] == "json");
        var style = new Lazy<Style>(() => Style.For(host.ErrorIsTerminal(), noColor, host.Variable));
        bool debug = arguments.Contains("--debug", StringComparer.Ordinal) || DebugVariable(host);
        return new RunSettings(
            null,
            ProgressMode.None,
            debug,
            new Messages(host.OpenError, style, Rules(json, quiet: false, verbose: false))
        );
    }

    /// <summary>Columns of the terminal: <c>COLUMNS</c>, else what the terminal says, else 80.</summary>
    public static int Width(Host host)
    {
        if (int.TryParse(host.Variable("COLUMNS"), System.Globalization.CultureInfo.InvariantCulture, out int columns) && columns > 0)
        {
            return columns;
        }
        int width = host.TerminalWidth();
        return width > 0 ? width : 80;
    }

    private static LogRules Rules(bool json, bool quiet, bool verbose) =>
        new()
        {
            Form = json ? LogForm.Json : LogForm.People,
            Level = verbose ? LogLevel.Debug : LogLevel.Info,
            Quiet = quiet,
            Verbose = verbose,
        };

    private static bool DebugVariable(Host host) => host.Variable("STREAMETL_DEBUG") is { Length: > 0 } and not "0";
}
