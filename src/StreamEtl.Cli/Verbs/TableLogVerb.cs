using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>table log</c>.</summary>
internal static class TableLogVerb
{
    private const string Usage = "table log DIR [--table NAME]";

    public static Verb Verb { get; } =
        new()
        {
            Name = "table log",
            Summary = "the versions of managed tables",
            Usage = Usage + " [options]",
            Examples =
            [
                ("every version of every table", "streametl table log lake"),
                ("for a script", "streametl table log lake --table orders --json"),
            ],
            Notes =
            [
                "Any version that is not vacuumed can be read: streametl convert lake/orders@3 -o orders.parquet;",
                "lake/orders@latest is the newest.",
            ],
            Options = [.. TableVerbOptions.Shared],
            Build = static (arguments, host) =>
                TableVerbOptions.Bind(
                    new TableLogOptions { Folder = TableVerbOptions.Folder(arguments, Usage), Output = "-" },
                    arguments,
                    host
                ),
        };
}
