using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>table files</c>.</summary>
internal static class TableFilesVerb
{
    private const string Usage = "table files DIR [--table NAME] [--at N]";
    public static readonly OptionSpec At = new("at", OptionGroup.Verb, "the version (default: the newest)", "N");

    public static Verb Verb { get; } =
        new()
        {
            Name = "table files",
            Summary = "the files that a version of a table is made of",
            Usage = Usage + " [options]",
            Examples =
            [
                ("what the newest version reads", "streametl table files lake --table orders"),
                ("an older one", "streametl table files lake --table orders --at 3 --json"),
            ],
            Notes = ["With each file: its rows, how many of them live in that version, its size and its SHA-256."],
            Options = [At, .. TableVerbOptions.Shared],
            Build = static (arguments, host) =>
                TableVerbOptions.Bind(
                    new TableFilesOptions
                    {
                        Folder = TableVerbOptions.Folder(arguments, Usage),
                        At = arguments.Number(At, 1),
                        Output = "-",
                    },
                    arguments,
                    host
                ),
        };
}
