using StreamEtl.Cli.Arguments;
using StreamEtl.Connectors.Congregados;
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

    public static readonly OptionSpec Database = new("database", OptionGroup.Output, "database of the consolidated table", "D");
    public static readonly OptionSpec Table = new("table", OptionGroup.Output, "the table; without -o, one of the Glue catalog", "T");
    public static readonly OptionSpec Partition = new(
        "partition",
        OptionGroup.Output,
        "the partition that is written and registered",
        "KEY=VALUE",
        Arity.Repeated
    );

    public static readonly OptionSpec Congregado = new(
        "congregado",
        OptionGroup.Output,
        "where a summary of the run is stored: folder, dynamodb://TABLE",
        "STORE"
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
            Options =
            [
                Database,
                Table,
                Partition,
                Congregado,
                Key,
                Decide,
                OriginColumn,
                DedupeVerb.Exact,
                .. JourneyOptions.All,
                .. SharedOptions.ForTables,
            ],
            Notes =
            [
                "Columns are matched by name; types are those that hold the values of all origins. Decision",
                "columns are compared in order, ascending unless :desc is said; NULL never wins. A full tie goes",
                "to the origin listed first, and within it to the first row. The report says how many rows each",
                "origin has and how many of them won. Without -o the winners are counted and nothing is written.",
                "Into the Glue catalog: --database D --table T --partition anomesdia=20240119 writes Parquet with",
                "Snappy into that folder of the table's location, and registers or updates the partition.",
                "With -o the catalog is left alone, and --database and --table only name what is consolidated.",
                "One item for each table with --congregado dynamodb://congregado_data: how many rows there are, and",
                "the first 1,000 as far as they fit. The same content is stored once. ?region=R names a region",
                "(sa-east-1 where none is set), ?create=true makes the table.",
            ],
            Build = Build,
        };

    private static JobOptions Build(ParsedArguments arguments, Host host)
    {
        IReadOnlyList<ConsolidateOrigin> origins = Origins(arguments, host);
        IReadOnlyList<string> inputs = [.. origins.SelectMany(o => o.Inputs)];
        Inputs.RefuseTwoStandardInputs(inputs);
        (string output, string? format) = arguments.Has(SharedOptions.Output) ? Inputs.Output(arguments, inputs) : ("", null);
        (string? database, string? table) = (arguments.Text(Database), arguments.Text(Table));
        IReadOnlyList<string> partition = arguments.All(Partition);
        CheckCongregado(arguments, output, database, partition);
        CheckCatalog(arguments, database, table, partition);
        if (output.Length == 0)
        {
            RefuseOutputOptions(arguments, database is not null);
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
            Database = database,
            Table = table,
            Partition = partition,
            Congregado = arguments.Text(Congregado),
            Output = output,
            To = format,
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

    private static void CheckCatalog(ParsedArguments arguments, string? database, string? table, IReadOnlyList<string> partition)
    {
        if (database is null && table is null && partition.Count == 0)
        {
            return;
        }
        bool names = arguments.Has(SharedOptions.Output) && arguments.Has(Congregado) && partition.Count == 0;
        if (database is not { Length: > 0 } || table is not { Length: > 0 } || (partition.Count == 0 && !names))
        {
            throw UsageError.Create(
                "--database, --table and --partition go together",
                "--database D --table T --partition anomesdia=20240119"
            );
        }
        if (table.AsSpan().ContainsAny("/\\") || database.AsSpan().ContainsAny("/\\"))
        {
            throw UsageError.Create("--database and --table are names in the catalog, not paths");
        }
        if (arguments.Has(SharedOptions.Output) && !names)
        {
            throw UsageError.Create("-o and --partition exclude each other", "the catalog says where its table is");
        }
        if (
            partition.FirstOrDefault(p => p.IndexOf('=', StringComparison.Ordinal) is var at && (at <= 0 || at == p.Length - 1)) is
            { } wrong
        )
        {
            throw UsageError.Value(Partition, wrong, "KEY=VALUE, such as anomesdia=20240119");
        }
    }

    private static void CheckCongregado(ParsedArguments arguments, string output, string? database, IReadOnlyList<string> partition)
    {
        if (arguments.Text(Congregado) is not { } store)
        {
            return;
        }
        if (store.Length == 0)
        {
            throw UsageError.Value(Congregado, store, "a folder, or dynamodb://TABLE");
        }
        if (database is null)
        {
            throw UsageError.Create("--congregado needs a name for its item", "--database D --table T: it is stored as D_T");
        }
        if (output.Length == 0 && partition.Count == 0)
        {
            throw UsageError.Create("--congregado tells of what was written, and no output is given", "add -o FILE");
        }
        CongregadoStores.Check(store);
    }

    private static void RefuseOutputOptions(ParsedArguments arguments, bool catalogued)
    {
        OptionSpec[] output = [SharedOptions.To, SharedOptions.Compression, SharedOptions.OutputDelimiter, OriginColumn];
        if (Array.Find(output, o => arguments.Has(o) && !(catalogued && o == OriginColumn)) is { } option)
        {
            throw catalogued
                ? UsageError.Create($"{option.Long} does not go with --database", "tables of the catalog are Parquet with Snappy")
                : UsageError.Create($"{option.Long} says how the output is written, and no output is given", "add -o FILE");
        }
    }
}
