using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>diff</c>.</summary>
internal static class DiffVerb
{
    public static readonly OptionSpec Key = new(
        "key",
        OptionGroup.Verb,
        "columns that say which rows are the same thing (required)",
        "COLS",
        Arity.Repeated
    );
    public static readonly OptionSpec DateField = new(
        "date-field",
        OptionGroup.Verb,
        "a row is an update when this column is newer",
        "COL"
    );
    public static readonly OptionSpec DateFieldStrict = OptionSpec.Flag(
        "date-field-strict",
        OptionGroup.Verb,
        "=false: rows that differ without a newer date are updates too"
    );
    public static readonly OptionSpec Compare = new("compare", OptionGroup.Verb, "compare only these columns", "COLS", Arity.Repeated);
    public static readonly OptionSpec Ignore = new("ignore", OptionGroup.Verb, "compare all columns but these", "COLS", Arity.Repeated);
    public static readonly OptionSpec OnDuplicateKey = OptionSpec.Choice(
        "on-duplicate-key",
        OptionGroup.Verb,
        "which of differing rows of one key counts (default last)",
        "last",
        "first",
        "fail"
    );
    public static readonly OptionSpec Exact = OptionSpec.Flag(
        "exact",
        OptionGroup.Verb,
        "compare contents as well as 128-bit hashes; slower"
    );
    public static readonly OptionSpec ExitCode = OptionSpec.Flag("exit-code", OptionGroup.Verb, "exit with 5 when there are changes");

    public static Verb Verb { get; } =
        new()
        {
            Name = "diff",
            Summary = "two snapshots of a table to their changes",
            Usage = "diff OLD NEW -o CHANGES --key COLS [options]",
            Examples =
            [
                ("what changed since yesterday", "streametl diff monday.csv tuesday.csv -o changes.parquet --key id"),
                ("newer rows only", "streametl diff old.parquet new.csv -o changes.csv --key id --date-field updated_at"),
                ("a check in a script", "streametl diff old.csv new.csv -o - --to ndjson --key code,region --ignore loaded_at --exit-code"),
            ],
            Options = [Key, DateField, DateFieldStrict, Compare, Ignore, OnDuplicateKey, Exact, ExitCode, .. SharedOptions.ForTables],
            Notes =
            [
                "Each change carries _cdc_operation (I, U or D) and _cdc_timestamp, one instant per run; a D has",
                "the old values. Columns are matched by name. Equal rows that repeat count once; a NULL key is",
                "malformed.",
            ],
            Build = Build,
        };

    private static JobOptions Build(ParsedArguments arguments, Host host)
    {
        IReadOnlyList<string> sides = Inputs.Exactly(2, "streametl diff OLD NEW -o CHANGES --key COLS", arguments, host);
        (string output, string format) = Inputs.Output(arguments, sides);
        IReadOnlyList<string>? compare = arguments.Columns(Compare);
        IReadOnlyList<string>? ignore = arguments.Columns(Ignore);
        if (compare is not null && ignore is not null)
        {
            throw UsageError.Create("--compare and --ignore exclude each other", "keep one of them");
        }
        if (arguments.Has(DateFieldStrict) && !arguments.Has(DateField))
        {
            throw UsageError.Create("--date-field-strict needs --date-field");
        }
        var job = new DiffOptions
        {
            Old = sides[0],
            New = sides[1],
            Key = arguments.Columns(Key) ?? throw UsageError.Create("no key is given", "--key COLS: the columns that identify a row"),
            DateField = arguments.Text(DateField),
            DateFieldStrict = arguments.Flag(DateFieldStrict) ?? true,
            Compare = compare,
            Ignore = ignore ?? [],
            OnDuplicateKey = arguments.Text(OnDuplicateKey) switch
            {
                "first" => DuplicateKeyRule.First,
                "fail" => DuplicateKeyRule.Fail,
                _ => DuplicateKeyRule.Last,
            },
            Exact = arguments.Flag(Exact) ?? false,
            Output = output,
            To = format,
        };
        return OptionBinder.Bind(job, arguments, host);
    }
}
