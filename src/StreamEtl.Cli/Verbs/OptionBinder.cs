using StreamEtl.Cli.Arguments;
using StreamEtl.Parquet;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary>Turns the shared options into <see cref="JobOptions"/>, checking each value.</summary>
internal static class OptionBinder
{
    /// <summary>A copy of <paramref name="job"/> with everything that the shared options say.</summary>
    public static JobOptions Bind(JobOptions job, ParsedArguments arguments, Host host)
    {
        string? rejects = arguments.Text(SharedOptions.Rejects);
        string? onError = arguments.Text(SharedOptions.OnError);
        if (rejects is not null && onError == "fail")
        {
            throw UsageError.Create("--rejects contradicts --on-error fail", "leave --on-error out: --rejects implies reject");
        }
        if (rejects is "" or "-")
        {
            throw UsageError.Value(SharedOptions.Rejects, rejects, "a file name");
        }
        string? schema = arguments.Text(SharedOptions.Schema);
        if (schema is not null && arguments.Has(SharedOptions.Types))
        {
            throw UsageError.Create("--schema and --types exclude each other", "a schema states the types already");
        }
        return job with
        {
            From = arguments.Text(SharedOptions.From),
            To = arguments.Text(SharedOptions.To) ?? job.To,
            Compression = Codec(arguments.Text(SharedOptions.Compression)),
            OutputDelimiter = Character(arguments, SharedOptions.OutputDelimiter),
            Delimiter = Character(arguments, SharedOptions.Delimiter),
            Quote = arguments.Text(SharedOptions.Quote) is "" or "none" ? '\0' : Character(arguments, SharedOptions.Quote),
            Escape = Character(arguments, SharedOptions.Escape),
            Encoding = arguments.Text(SharedOptions.Encoding),
            NoHeader = arguments.Flag(SharedOptions.NoHeader),
            SkipLines = arguments.Number(SharedOptions.SkipLines, 0),
            DecimalSeparator = Separator(arguments),
            DateFormat = arguments.Text(SharedOptions.DateFormat),
            NullTexts = arguments.All(SharedOptions.Null),
            QuotedEmptyIsString = arguments.Text(SharedOptions.QuotedEmpty) == "string",
            MixesLineEnds = arguments.Text(SharedOptions.LineEnds) == "any",
            MaxRecordBytes = RecordLimit(arguments) ?? job.MaxRecordBytes,
            InferTypes = arguments.Text(SharedOptions.Types) switch
            {
                "infer" => true,
                "text" => false,
                _ => null,
            },
            Schema = schema is null ? null : host.ReadSchema(schema),
            RejectMalformed = onError == "reject" || rejects is not null,
            RejectsPath = rejects,
            MemoryBytes = arguments.Size(SharedOptions.Memory) ?? host.DefaultMemory(),
            TempDirectory = arguments.Text(SharedOptions.Temp) ?? job.TempDirectory,
            Threads = arguments.Number(SharedOptions.Threads, 1) ?? job.Threads,
        };
    }

    private static CompressionCodec Codec(string? name) =>
        name switch
        {
            "zstd" => CompressionCodec.Zstd,
            "gzip" => CompressionCodec.Gzip,
            "lz4" => CompressionCodec.Lz4Raw,
            "none" => CompressionCodec.Uncompressed,
            _ => CompressionCodec.Snappy,
        };

    /// <summary>A single ASCII character, since dialects are byte-based; <c>tab</c> and <c>\t</c> spell the tab.</summary>
    private static char? Character(ParsedArguments arguments, OptionSpec option)
    {
        string? text = arguments.Text(option);
        return text switch
        {
            null => null,
            "tab" or "\\t" => '\t',
            [var c] when char.IsAscii(c) && c is not ('\n' or '\r' or '\0') => c,
            _ => throw UsageError.Value(option, text, "one ASCII character, or tab"),
        };
    }

    private static char? Separator(ParsedArguments arguments) =>
        arguments.Text(SharedOptions.Decimal) switch
        {
            null => null,
            "." => '.',
            "," => ',',
            var other => throw UsageError.Value(SharedOptions.Decimal, other, ". or ,"),
        };

    private static int? RecordLimit(ParsedArguments arguments)
    {
        long? bytes = arguments.Size(SharedOptions.MaxRecord);
        return bytes <= 1 << 30 || bytes is null
            ? (int?)bytes
            : throw UsageError.Value(SharedOptions.MaxRecord, arguments.Text(SharedOptions.MaxRecord)!, "at most 1GiB");
    }
}
