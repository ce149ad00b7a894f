using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>dedupe</c>.</summary>
internal static class DedupeVerb
{
    public static readonly OptionSpec Key = new(
        "key",
        OptionGroup.Verb,
        "key columns: one row of each key stays (without: whole rows)",
        "COLS",
        Arity.Repeated
    );
    public static readonly OptionSpec Keep = new(
        "keep",
        OptionGroup.Verb,
        "first (default), last, or COL[:asc|:desc],…: what sorts first",
        "RULE"
    );
    public static readonly OptionSpec Exact = OptionSpec.Flag(
        "exact",
        OptionGroup.Verb,
        "compare contents as well as 128-bit hashes; slower"
    );

    public static Verb Verb { get; } =
        new()
        {
            Name = "dedupe",
            Summary = "duplicate rows removed, or one row kept for each key",
            Usage = "dedupe INPUT… -o OUTPUT [--key COLS] [--keep RULE] [options]",
            Examples =
            [
                ("whole-row duplicates", "streametl dedupe events.csv -o events.parquet"),
                ("the newest row of each customer", "streametl dedupe customers.csv -o customers.parquet --key id --keep updated_at:desc"),
                ("two decision columns", "streametl dedupe a.csv b.csv -o c.csv --key id --keep updated_at:desc,priority:asc"),
            ],
            Options = [Key, Keep, Exact, .. SharedOptions.ForTables],
            Notes =
            [
                "Rows are equal when their values are: quoting never matters, NULL equals NULL. The output keeps",
                "the order of the input. A full tie under --keep keeps the first row; NULL never wins. A column",
                "name with a comma or colon goes in double quotes: --key '\"a,b\",c'.",
            ],
            Build = Build,
        };

    private static JobOptions Build(ParsedArguments arguments, Host host)
    {
        IReadOnlyList<string> inputs = Inputs.Many(arguments, host);
        (string output, string format) = Inputs.Output(arguments, inputs);
        IReadOnlyList<string> key = arguments.Columns(Key) ?? [];
        string? keep = arguments.Text(Keep);
        if (key.Count == 0 && keep is not (null or "first"))
        {
            throw UsageError.Create($"--keep {keep} needs --key", "rows that are equal as a whole need no choice");
        }
        var job = new DedupeOptions
        {
            Inputs = inputs,
            Key = key,
            KeepLast = keep == "last",
            Keep = keep is null or "first" or "last" ? [] : KeepRules.Parse(Keep, keep),
            Exact = arguments.Flag(Exact) ?? false,
            Output = output,
            To = format,
        };
        return OptionBinder.Bind(job, arguments, host);
    }
}
