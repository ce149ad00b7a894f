using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>table verify</c>.</summary>
internal static class TableVerifyVerb
{
    private const string Usage = "table verify DIR [--table NAME]";

    public static Verb Verb { get; } =
        new()
        {
            Name = "table verify",
            Summary = "tables held against their files, ledgers and history",
            Usage = Usage + " [options]",
            Examples =
            [
                ("all tables of a folder", "streametl table verify lake"),
                ("one of them", "streametl table verify lake --table orders"),
            ],
            Notes =
            [
                "Every file has the size and SHA-256 of its record, every ledger its checksums; the rows of the",
                "newest version sum up to its checksum, and for each version made by changes, previous - deleted",
                "- replaced + new + inserted = current. Exit status 1, and the file by name, when it is not so.",
            ],
            Options = [.. TableVerbOptions.Shared],
            Build = static (arguments, host) =>
                TableVerbOptions.Bind(
                    new TableVerifyOptions { Folder = TableVerbOptions.Folder(arguments, Usage), Output = "-" },
                    arguments,
                    host
                ),
        };
}
