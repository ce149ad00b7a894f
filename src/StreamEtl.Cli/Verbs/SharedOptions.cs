using StreamEtl.Cli.Arguments;

namespace StreamEtl.Cli.Verbs;

/// <summary>The options that every data verb takes. Their help is one line each, so that a verb's help stays on one screen.</summary>
internal static class SharedOptions
{
    private static readonly string[] Formats = ["csv", "tsv", "json", "ndjson", "parquet"];

    public static readonly OptionSpec Output = new(
        "output",
        OptionGroup.Output,
        "file or s3://… (text also .gz, .zst); - is standard output",
        "PATH",
        Short: 'o'
    );
    public static readonly OptionSpec To = new(
        "to",
        OptionGroup.Output,
        "csv, tsv, json, ndjson or parquet (default: by extension)",
        "FORMAT",
        Choices: Formats
    );
    public static readonly OptionSpec Compression = OptionSpec.Choice(
        "compression",
        OptionGroup.Output,
        "compression of Parquet pages (default snappy)",
        "snappy",
        "zstd",
        "gzip",
        "lz4",
        "none"
    );
    public static readonly OptionSpec OutputDelimiter = new(
        "out-delimiter",
        OptionGroup.Output,
        "delimiter of a CSV output (default comma)",
        "CHAR"
    );

    public static readonly OptionSpec From = new(
        "from",
        OptionGroup.Input,
        "csv, tsv, json, ndjson or parquet (default: by extension)",
        "FORMAT",
        Choices: Formats
    );
    public static readonly OptionSpec Delimiter = new("delimiter", OptionGroup.Input, "field delimiter; tab or \\t for a tab", "CHAR");
    public static readonly OptionSpec Quote = new("quote", OptionGroup.Input, "quote character; empty for none", "CHAR");
    public static readonly OptionSpec Escape = new("escape", OptionGroup.Input, "escape character, where quotes are not doubled", "CHAR");
    public static readonly OptionSpec Encoding = new("encoding", OptionGroup.Input, "utf-8, utf-16le, windows-1252, …", "NAME");
    public static readonly OptionSpec NoHeader = OptionSpec.Flag(
        "no-header",
        OptionGroup.Input,
        "the first record is data (=false: it is not)"
    );
    public static readonly OptionSpec SkipLines = new("skip-lines", OptionGroup.Input, "lines to leave out before the header", "N");
    public static readonly OptionSpec Decimal = new("decimal", OptionGroup.Input, "decimal separator, . or ,", "CHAR");
    public static readonly OptionSpec DateFormat = new("date-format", OptionGroup.Input, "of dates, such as dd/MM/yyyy", "FORMAT");
    public static readonly OptionSpec Null = new(
        "null",
        OptionGroup.Input,
        "unquoted texts that mean NULL, besides the empty field",
        "TEXT…",
        Arity.Texts
    );
    public static readonly OptionSpec QuotedEmpty = OptionSpec.Choice(
        "quoted-empty",
        OptionGroup.Input,
        "what \"\" is in a text column (default null)",
        "null",
        "string"
    );
    public static readonly OptionSpec LineEnds = OptionSpec.Choice(
        "line-ends",
        OptionGroup.Input,
        "each record ends as the first, or as it likes (default same)",
        "same",
        "any"
    );
    public static readonly OptionSpec MaxRecord = new("max-record", OptionGroup.Input, "longest record (default 64MiB)", "SIZE");

    public static readonly OptionSpec Types = OptionSpec.Choice(
        "types",
        OptionGroup.Types,
        "find types from the data, or keep all as text (default infer)",
        "infer",
        "text"
    );
    public static readonly OptionSpec Schema = new(
        "schema",
        OptionGroup.Types,
        "types as a contract: JSON, as schema infer writes it",
        "FILE"
    );

    public static readonly OptionSpec OnError = OptionSpec.Choice(
        "on-error",
        OptionGroup.Errors,
        "a malformed row stops the run, or is set aside (default fail)",
        "fail",
        "reject"
    );
    public static readonly OptionSpec Rejects = new(
        "rejects",
        OptionGroup.Errors,
        "list malformed rows in this CSV file; implies --on-error reject",
        "FILE"
    );

    public static readonly OptionSpec Memory = new(
        "memory",
        OptionGroup.Resources,
        "what the process may hold, such as 512MB (default: a quarter)",
        "SIZE"
    );
    public static readonly OptionSpec Temp = new(
        "temp",
        OptionGroup.Resources,
        "where work that does not fit goes (default: $TMPDIR)",
        "DIR"
    );
    public static readonly OptionSpec Threads = new("threads", OptionGroup.Resources, "cores to use (default: all)", "N");

    /// <summary>What the CSV reader may be told.</summary>
    public static IReadOnlyList<OptionSpec> Reading { get; } =
    [From, Delimiter, Quote, Escape, Encoding, NoHeader, SkipLines, Decimal, DateFormat, Null, QuotedEmpty, LineEnds, MaxRecord];

    /// <summary>Output, input, types, errors, resources and messages: for a verb that writes a table.</summary>
    public static IReadOnlyList<OptionSpec> ForTables { get; } =
    [Output, To, Compression, OutputDelimiter, .. Reading, Types, Schema, OnError, Rejects, Memory, Temp, Threads, .. MessageOptions.All];
}
