using System.Security.Cryptography;
using StreamEtl.Json;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>An NDJSON or JSON input. Its columns are found by reading it once, and remembered for every later pass.</summary>
internal sealed class JsonInput(string path, JobOptions options) : TableInput
{
    private IByteInput? _bytes;
    private IReadOnlyList<SourceColumn>? _columns;

    /// <inheritdoc/>
    public override SourceInfo Info => _bytes?.Info ?? new SourceInfo(path, null);

    /// <inheritdoc/>
    public override async ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken)
    {
        _bytes ??= run.Places.OpenBytes(path, options.TempDirectory);
        var read = new JsonReadOptions
        {
            Encoding = options.Encoding,
            MaxRecordBytes = options.MaxRecordBytes,
            Threads = options.Threads,
        };
        JsonRowSource source = await JsonRowSource.OpenAsync(_bytes, read, _columns, run.Pool, cancellationToken).ConfigureAwait(false);
        _columns = source.Columns;
        return source;
    }

    /// <inheritdoc/>
    public override ValueTask HashAsync(RunContext run, IncrementalHash hash, CancellationToken cancellationToken) =>
        InputBytes.HashAsync(_bytes ??= run.Places.OpenBytes(path, options.TempDirectory), hash, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _bytes?.DisposeAsync() ?? ValueTask.CompletedTask;
}
