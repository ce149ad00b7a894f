using System.Security.Cryptography;
using StreamEtl.Framing;
using StreamEtl.Parsing;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>A delimited text input. One that is read once is not kept if it is a pipe.</summary>
internal sealed class CsvInput(string path, TableFormat format, JobOptions options, bool readOnce) : TableInput
{
    /// <summary>A record is held as a block, the half of one that it outgrew, its index, its values and its output: more of it does not fit into the memory option.</summary>
    private const int RecordsInMemory = 8;

    private IByteInput? _bytes;

    // Found when the input is first opened: it takes as long as twenty units of it, and later passes must not find another.
    private CsvDialect? _dialect;

    /// <inheritdoc/>
    public override SourceInfo Info => _bytes?.Info ?? new SourceInfo(path, null);

    /// <inheritdoc/>
    public override async ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken)
    {
        _bytes ??= run.Places.OpenBytes(path, readOnce ? null : options.TempDirectory);
        CsvRowSource source = await CsvRowSource.OpenAsync(_bytes, ReadOptions(), run.Pool, cancellationToken).ConfigureAwait(false);
        _dialect = source.Dialect;
        return source;
    }

    /// <inheritdoc/>
    public override ValueTask HashAsync(RunContext run, IncrementalHash hash, CancellationToken cancellationToken) =>
        InputBytes.HashAsync(_bytes ??= run.Places.OpenBytes(path, options.TempDirectory), hash, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _bytes?.DisposeAsync() ?? ValueTask.CompletedTask;

    private CsvReadOptions ReadOptions() =>
        new()
        {
            Dialect = new CsvDialectOptions
            {
                Delimiter = (byte?)(options.Delimiter ?? (format == TableFormat.Tsv ? '\t' : null)),
                Quote = (byte?)options.Quote,
                Escape = (byte?)options.Escape,
                HasHeader = !options.NoHeader,
                SkipLines = options.SkipLines,
                DecimalSeparator = options.DecimalSeparator,
                DateFormat = options.DateFormat,
            },
            KnownDialect = _dialect,
            Encoding = options.Encoding,
            NullTexts = [.. options.NullTexts.Select(System.Text.Encoding.UTF8.GetBytes)],
            QuotedEmptyIsString = options.QuotedEmptyIsString,
            MixesLineEnds = options.MixesLineEnds,
            MaxRecordBytes = (int)Math.Min(options.MaxRecordBytes, options.MemoryBytes / RecordsInMemory),
        };
}
