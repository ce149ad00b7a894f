using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Cli.Verbs;

/// <summary>What the verbs that look after tables have in common.</summary>
internal static class TableVerbOptions
{
    public static readonly OptionSpec Table = new("table", OptionGroup.Verb, "only this table (default: all in DIR)", "NAME");
    public static readonly OptionSpec Json = OptionSpec.Flag("json", OptionGroup.Output, "a JSON array instead of lines for people");
    public static readonly OptionSpec Output = new(
        "output",
        OptionGroup.Output,
        "where the result goes (default: standard output)",
        "FILE",
        Short: 'o'
    );

    /// <summary>Where the result goes, work and messages.</summary>
    public static IReadOnlyList<OptionSpec> Shared { get; } =
    [Table, Json, Output, SharedOptions.Memory, SharedOptions.Temp, SharedOptions.Threads, .. MessageOptions.All];

    /// <summary>The folder on the command line.</summary>
    public static string Folder(ParsedArguments arguments, string usage) =>
        arguments.Positionals switch
        {
            [] => throw UsageError.Create("no folder is given", $"streametl {usage}"),
            [var folder] => folder,
            _ => throw UsageError.Create($"{arguments.Positionals.Count} folders are given where 1 is needed", $"streametl {usage}"),
        };

    /// <summary>A copy of the options with what the shared ones say.</summary>
    public static TableCareOptions Bind(TableCareOptions job, ParsedArguments arguments, Host host) =>
        (TableCareOptions)
            OptionBinder.Bind(
                job with
                {
                    Table = arguments.Text(Table),
                    Json = arguments.Flag(Json) ?? false,
                    Output = arguments.Text(Output) ?? "-",
                },
                arguments,
                host
            );
}
