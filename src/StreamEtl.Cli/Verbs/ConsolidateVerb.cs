using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>consolidate</c>.</summary>
internal static class ConsolidateVerb
{
    private const string Form = "ORIGIN=INPUT, such as sor=orders.csv";

    public static readonly OptionSpec Key = new(
        "key",
        OptionGroup.Verb,
        "key columns: one row of each key stays (required)",
        "COLS",
        Arity.Repeated
    );
    public static readonly OptionSpec Decide = new(
        "decide",
        OptionGroup.Verb,
        "which row: COL[:asc|:desc],…, the first in order wins (required)",
        "COLS"
    );
    public static readonly OptionSpec OriginColumn = new(
        "origin-column",
        OptionGroup.Verb,
        "add a column that says which origin a row came from",
        "NAME"
    );

    public static Verb Verb { get; } =
        new()
        {
            Name = "consolidate",
            Summary = "several origins to one row for each key",
            Usage = "consolidate ORIGIN=INPUT… --key COLS --decide COLS -o OUTPUT [options]",
            Examples =
            [
                (
                    "of each operation, the row of the latest event",
                    "streametl consolidate sor=sor.csv sot=sot.csv --key num --decide dat:desc -o one.parquet"
                ),
                (
                    "several keys, several decisions, several files",
                    "streametl consolidate sor=a.csv sor=b.csv sot=c.csv --key a,b --decide dat:desc,prio -o one.csv"
                ),
                ("who would win, and how often: nothing is written", "streametl consolidate a=a.csv b=b.csv --key id --decide at:desc"),
            ],
            Options = [Key, Decide, OriginColumn, DedupeVerb.Exact, .. JourneyOptions.All, .. SharedOptions.ForTables],
            Notes =
            [
                "Columns are matched by name; types are those that hold the values of all origins. Decision",
                "columns are compared in order, ascending unless :desc is said; NULL never wins. A full tie goes",
                "to the origin listed first, and within it to the first row. The report says how many rows each",
                "origin has and how many of them won. Without -o the winners are counted and nothing is written.",
            ],
            Build = Build,
        };

    private static JobOptions Build(ParsedArguments arguments, Host host)
    {
        IReadOnlyList<ConsolidateOrigin> origins = Origins(arguments, host);
        IReadOnlyList<string> inputs = [.. origins.SelectMany(o => o.Inputs)];
        Inputs.RefuseTwoStandardInputs(inputs);
        (string output, string? format) = arguments.Has(SharedOptions.Output) ? Inputs.Output(arguments, inputs) : ("", null);
        if (output.Length == 0)
        {
            RefuseOutputOptions(arguments);
        }
        var job = new ConsolidateOptions
        {
            Origins = origins,
            Key =
                arguments.Columns(Key)
                ?? throw UsageError.Create("--key is missing", "--key COLS: what rows of the origins are matched by"),
            Decide = KeepRules.Parse(
                Decide,
                arguments.Text(Decide)
                    ?? throw UsageError.Create("--decide is missing", "--decide COL[:asc|:desc],…: which row of a key stays")
            ),
            OriginColumn = arguments.Text(OriginColumn) switch
            {
                "" => throw UsageError.Value(OriginColumn, "", "a column name"),
                var name => name,
            },
            Exact = arguments.Flag(DedupeVerb.Exact) ?? false,
            Output = output,
            To = format,
            MemoryBytes = 0,
            TempDirectory = "",
            Threads = 0,
        };
        return OptionBinder.Bind(job, arguments, host);
    }

    /// <summary>The origins in the order in which each is first named.</summary>
    private static List<ConsolidateOrigin> Origins(ParsedArguments arguments, Host host)
    {
        if (arguments.Positionals.Count == 0)
        {
            throw new MissingInputException($"no origin is given: {Form}");
        }
        var names = new List<string>();
        var inputs = new List<List<string>>();
        foreach (string word in arguments.Positionals)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : word[..equals];
            // What comes before the '=' of lake/day=5/a.csv is no name.
            if (name.Length == 0 || name.AsSpan().ContainsAny("/\\:*?"))
            {
                throw UsageError.Create($"'{word}' does not say which origin it is", Form);
            }
            if (equals == word.Length - 1)
            {
                throw UsageError.Create($"the origin '{name}' has no input", Form);
            }
            int at = names.IndexOf(name);
            if (at < 0)
            {
                at = names.Count;
                names.Add(name);
                inputs.Add([]);
            }
            inputs[at].AddRange(Inputs.Expand(word[(equals + 1)..], host));
        }
        return [.. names.Select((name, i) => new ConsolidateOrigin(name, inputs[i]))];
    }

    private static void RefuseOutputOptions(ParsedArguments arguments)
    {
        OptionSpec[] output = [SharedOptions.To, SharedOptions.Compression, SharedOptions.OutputDelimiter, OriginColumn];
        if (Array.Find(output, arguments.Has) is { } option)
        {
            throw UsageError.Create($"{option.Long} says how the output is written, and no output is given", "add -o FILE");
        }
    }
}
