using System.Globalization;
using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline;
using StreamEtl.Tables;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>ingest</c>.</summary>
internal static class IngestVerb
{
    public static readonly OptionSpec Table = new("table", OptionGroup.Verb, "name of the table (required)", "NAME");
    public static readonly OptionSpec Into = new(
        "into",
        OptionGroup.Verb,
        "the folder that holds tables, or s3://BUCKET/PREFIX (required)",
        "DIR"
    );
    public static readonly OptionSpec Key = new(
        "key",
        OptionGroup.Verb,
        "columns that say which rows are the same thing (first load)",
        "COLS",
        Arity.Repeated
    );
    public static readonly OptionSpec Mode = OptionSpec.Choice(
        "mode",
        OptionGroup.Verb,
        "the input is the table, its new snapshot, or new rows",
        "full",
        "cdc",
        "incremental"
    );
    public static readonly OptionSpec PartitionDate = new(
        "partition-date",
        OptionGroup.Verb,
        "incremental: the day of rows that tell none (default today, UTC)",
        "YYYYMMDD"
    );
    public static readonly OptionSpec MaxDeletePercent = new(
        "max-delete-percent",
        OptionGroup.Verb,
        "stop before deleting more than this (default 20)",
        "N"
    );
    public static readonly OptionSpec AllowEmpty = OptionSpec.Flag(
        "allow-empty",
        OptionGroup.Verb,
        "an input without rows may empty the table"
    );
    public static readonly OptionSpec AllowTruncated = OptionSpec.Flag(
        "allow-truncated",
        OptionGroup.Verb,
        "take an input that seems to be cut off"
    );
    public static readonly OptionSpec SchemaChange = OptionSpec.Choice(
        "schema-change",
        OptionGroup.Verb,
        "follow other columns or types, or stop (default evolve)",
        "evolve",
        "fail"
    );

    public static Verb Verb { get; } =
        new()
        {
            Name = "ingest",
            Summary = "a dump into a managed table, as full load or as changes",
            Usage = "ingest INPUT… --table NAME --into DIR --key COLS [options]",
            Examples =
            [
                ("the first load", "streametl ingest monday.csv --table orders --into lake --key id"),
                ("every day after: what changed goes to lake/cdc", "streametl ingest tuesday.csv --table orders --into lake"),
                ("new and changed rows only", "streametl ingest today.csv --table visits --into lake --key id --mode incremental"),
                ("start anew", "streametl ingest all.parquet --table orders --into lake --key id --mode full"),
            ],
            Options =
            [
                Table,
                Into,
                Key,
                Mode,
                PartitionDate,
                DiffVerb.DateField,
                DiffVerb.DateFieldStrict,
                DiffVerb.Compare,
                DiffVerb.Ignore,
                DiffVerb.OnDuplicateKey,
                MaxDeletePercent,
                AllowEmpty,
                AllowTruncated,
                SchemaChange,
                SharedOptions.Compression,
                .. SharedOptions.Reading,
                SharedOptions.Types,
                SharedOptions.Schema,
                SharedOptions.OnError,
                SharedOptions.Rejects,
                SharedOptions.Memory,
                SharedOptions.Temp,
                SharedOptions.Threads,
                .. JourneyOptions.All,
                .. MessageOptions.All,
            ],
            Notes =
            [
                "DIR/full-load/NAME.parquet is the newest full load, DIR/cdc/NAME_YYYYMMDD_HHMMSS.parquet what a",
                "run changed, with _cdc_operation (I, U or D) and _cdc_timestamp. The first run is a full load,",
                "later ones are cdc: the input is the whole new snapshot. The same input again changes nothing.",
                "Key, date field, compared columns and mode are remembered.",
                "Mode incremental takes new and changed rows; what the input lacks stays. Each row gets ingestDate,",
                "partitionDate (YYYYMMDD; the input's own column of that name counts) and version (MD5 of the",
                "input's bytes). A row that differs and has a newer partitionDate replaces that of its key.",
            ],
            Build = Build,
        };

    private static JobOptions Build(ParsedArguments arguments, Host host)
    {
        IReadOnlyList<string> inputs = Inputs.Many(arguments, host);
        string table = Required(arguments, Table, "--table NAME: which table the input goes to");
        string into = Required(arguments, Into, "--into DIR: the folder that holds tables");
        IReadOnlyList<string>? compare = arguments.Columns(DiffVerb.Compare);
        IReadOnlyList<string>? ignore = arguments.Columns(DiffVerb.Ignore);
        if (compare is not null && ignore is not null)
        {
            throw UsageError.Create("--compare and --ignore exclude each other", "keep one of them");
        }
        var job = new IngestOptions
        {
            Inputs = inputs,
            Table = table,
            Into = into,
            Key = arguments.Columns(Key) ?? [],
            Mode = arguments.Text(Mode) switch
            {
                "full" => IngestMode.Full,
                "cdc" => IngestMode.Cdc,
                "incremental" => IngestMode.Incremental,
                _ => null,
            },
            PartitionDate = arguments.Text(PartitionDate) is { } day
                ? IngestOptions.ParseDay(day) ?? throw UsageError.Value(PartitionDate, day, "a day as YYYYMMDD")
                : null,
            DateField = arguments.Text(DiffVerb.DateField),
            DateFieldStrict = arguments.Flag(DiffVerb.DateFieldStrict) ?? true,
            Compare = compare,
            Ignore = ignore ?? [],
            OnDuplicateKey = arguments.Text(DiffVerb.OnDuplicateKey) switch
            {
                "first" => DuplicateKeyRule.First,
                "fail" => DuplicateKeyRule.Fail,
                _ => DuplicateKeyRule.Last,
            },
            MaxDeletePercent = Percent(arguments),
            AllowEmpty = arguments.Flag(AllowEmpty) ?? false,
            AllowTruncated = arguments.Flag(AllowTruncated) ?? false,
            SchemaChange = arguments.Text(SchemaChange) == "fail" ? SchemaChangeRule.Fail : SchemaChangeRule.Evolve,
            Output = $"{into} table {TableName.Normalize(table)}",
        };
        return OptionBinder.Bind(job, arguments, host);
    }

    private static string Required(ParsedArguments arguments, OptionSpec option, string hint) =>
        arguments.Text(option) is { Length: > 0 } text ? text : throw UsageError.Create($"{option.Long} is missing", hint);

    private static double Percent(ParsedArguments arguments)
    {
        if (arguments.Text(MaxDeletePercent) is not { } text)
        {
            return 20;
        }
        return
            double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
            && percent is >= 0 and <= 100
            ? percent
            : throw UsageError.Value(MaxDeletePercent, text, "a number from 0 to 100");
    }
}
