using StreamEtl.Parquet;
using StreamEtl.Storage;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>What every data verb takes (cli.md, "Options that every data verb shares"). Immutable; null means "found from the data" or the default.</summary>
public abstract record JobOptions
{
    /// <summary>Opens what paths such as <c>s3://bucket/key</c> name; null: such paths are errors.</summary>
    public IStoreProvider? Stores { get; init; }

    /// <summary>Where the result goes; <c>-</c> is standard output.</summary>
    public required string Output { get; init; }

    /// <summary>Input format by name (<c>csv</c>, <c>tsv</c>, <c>json</c>, <c>ndjson</c>, <c>parquet</c>), or null: by extension.</summary>
    public string? From { get; init; }

    /// <summary>Output format by name, or null: by extension.</summary>
    public string? To { get; init; }

    /// <summary>Field delimiter.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Field delimiter of a delimited output; null: a comma, or a tab for <c>tsv</c>.</summary>
    public char? OutputDelimiter { get; init; }

    /// <summary>Quote character; <c>'\0'</c> switches quoting off.</summary>
    public char? Quote { get; init; }

    /// <summary>Escape character inside quotes where it is not the quote itself.</summary>
    public char? Escape { get; init; }

    /// <summary>Encoding name.</summary>
    public string? Encoding { get; init; }

    /// <summary>True: the first record is data. Null: found from the data.</summary>
    public bool? NoHeader { get; init; }

    /// <summary>Lines before the header; null: found from the data.</summary>
    public int? SkipLines { get; init; }

    /// <summary>Decimal separator.</summary>
    public char? DecimalSeparator { get; init; }

    /// <summary>Format of dates.</summary>
    public string? DateFormat { get; init; }

    /// <summary>Unquoted texts that mean NULL, besides the empty field.</summary>
    public IReadOnlyList<string> NullTexts { get; init; } = [];

    /// <summary>True: a quoted empty field is the empty string, in text columns.</summary>
    public bool QuotedEmptyIsString { get; init; }

    /// <summary>True: LF, CR and CR LF may be mixed in one input; false: a record that ends otherwise than the first is malformed.</summary>
    public bool MixesLineEnds { get; init; }

    /// <summary>Longest record in bytes.</summary>
    public int MaxRecordBytes { get; init; } = 64 << 20;

    /// <summary>True: types are inferred; false: everything is text; null: the default (inferred).</summary>
    public bool? InferTypes { get; init; }

    /// <summary>Declared fields (<c>--schema</c>), or null.</summary>
    public IReadOnlyList<Field>? Schema { get; init; }

    /// <summary>True: malformed rows are set aside and the run goes on.</summary>
    public bool RejectMalformed { get; init; }

    /// <summary>Where rejected rows are listed (CSV with a header), or null.</summary>
    public string? RejectsPath { get; init; }

    /// <summary>Parquet compression of the output.</summary>
    public CompressionCodec Compression { get; init; } = CompressionCodec.Snappy;

    /// <summary>Called right before a result becomes visible; what it throws keeps it from that. Null: nothing is asked.</summary>
    public Func<CancellationToken, ValueTask>? BeforeCommit { get; init; }

    /// <summary>What the process may hold, in bytes.</summary>
    public long MemoryBytes { get; init; } = 1_000_000_000;

    /// <summary>Folder for spill files.</summary>
    public string TempDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Cores to use.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes of input that a unit has; null: found while the run goes. Tests cut small inputs into many units, as large ones are.</summary>
    internal int? UnitBytes { get; init; }
}
