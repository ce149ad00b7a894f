using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>table vacuum</c>.</summary>
internal static class TableVacuumVerb
{
    private const string Usage = "table vacuum DIR --keep N [--table NAME]";
    public static readonly OptionSpec Keep = new(
        "keep",
        OptionGroup.Verb,
        "versions that stay readable, from the newest on (required)",
        "N"
    );
    public static readonly OptionSpec DryRun = OptionSpec.Flag(
        "dry-run",
        OptionGroup.Verb,
        "say what would be removed, and remove nothing"
    );

    public static Verb Verb { get; } =
        new()
        {
            Name = "table vacuum",
            Summary = "files that only old versions need removed",
            Usage = Usage + " [options]",
            Examples =
            [
                ("keep a week of daily versions", "streametl table vacuum lake --keep 7"),
                ("look first", "streametl table vacuum lake --keep 7 --dry-run"),
            ],
            Notes =
            [
                "Also removes what runs that were killed have left. The newest version is never touched, and",
                "whoever is reading an older one reads on. Versions that are gone stay in table log.",
            ],
            Options = [Keep, DryRun, .. TableVerbOptions.Shared],
            Build = static (arguments, host) =>
                TableVerbOptions.Bind(
                    new TableVacuumOptions
                    {
                        Folder = TableVerbOptions.Folder(arguments, Usage),
                        Keep =
                            arguments.Number(Keep, 1)
                            ?? throw UsageError.Create("how many versions stay is not said", "--keep N: the newest N stay readable"),
                        DryRun = arguments.Flag(DryRun) ?? false,
                        Output = "-",
                    },
                    arguments,
                    host
                ),
        };
}
