using StreamEtl.Cli.Arguments;

namespace StreamEtl.Cli.Verbs;

/// <summary>The options about what a run says of itself.</summary>
internal static class MessageOptions
{
    public static readonly OptionSpec Report = new(
        "report",
        OptionGroup.Messages,
        "write a JSON report of the run; - is standard error",
        "FILE"
    );
    public static readonly OptionSpec Progress = OptionSpec.Choice(
        "progress",
        OptionGroup.Messages,
        "draw progress (default auto: on a terminal)",
        "auto",
        "always",
        "never"
    );
    public static readonly OptionSpec Quiet = OptionSpec.Flag("quiet", OptionGroup.Messages, "errors only", 'q');
    public static readonly OptionSpec Verbose = OptionSpec.Flag("verbose", OptionGroup.Messages, "log what the run does", 'v');
    public static readonly OptionSpec LogFormat = OptionSpec.Choice(
        "log-format",
        OptionGroup.Messages,
        "of messages on standard error (default text)",
        "text",
        "json"
    );
    public static readonly OptionSpec NoColor = OptionSpec.Flag("no-color", OptionGroup.Messages, "no colours, as with NO_COLOR");
    public static readonly OptionSpec Debug = OptionSpec.Flag("debug", OptionGroup.Messages, "show where in the program an error arose");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OptionSpec> All { get; } = [Report, Progress, Quiet, Verbose, LogFormat, NoColor, Debug];
}
