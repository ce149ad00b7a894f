using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>table compact</c>.</summary>
internal static class TableCompactVerb
{
    private const string Usage = "table compact DIR [--table NAME]";

    public static Verb Verb { get; } =
        new()
        {
            Name = "table compact",
            Summary = "full load and changes folded into a new full load",
            Usage = Usage + " [options]",
            Examples =
            [
                ("one table", "streametl table compact lake --table orders"),
                ("all tables of a folder", "streametl table compact lake"),
            ],
            Notes =
            [
                "A new version with the same rows. Older versions stay readable, and take up space,",
                "until streametl table vacuum DIR --keep N.",
            ],
            Options = [.. TableVerbOptions.Shared],
            Build = static (arguments, host) =>
                TableVerbOptions.Bind(
                    new TableCompactOptions { Folder = TableVerbOptions.Folder(arguments, Usage), Output = "-" },
                    arguments,
                    host
                ),
        };
}
