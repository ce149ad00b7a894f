using System.Security.Cryptography;
using StreamEtl.Parquet.Reading;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>A Parquet file.</summary>
internal sealed class ParquetInput(string path) : TableInput
{
    /// <inheritdoc/>
    public override SourceInfo Info { get; } = new(path, File.Exists(path) ? new FileInfo(path).Length : null);

    /// <inheritdoc/>
    public override async ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken)
    {
        IRandomBytes bytes = await run.Places.OpenRandomAsync(path, cancellationToken).ConfigureAwait(false);
        return await ParquetRowSource.OpenAsync(bytes, run.Pool, rows: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask HashAsync(RunContext run, IncrementalHash hash, CancellationToken cancellationToken)
    {
        IRandomBytes bytes = await run.Places.OpenRandomAsync(path, cancellationToken).ConfigureAwait(false);
        await using (bytes.ConfigureAwait(false))
        {
            await InputBytes.HashAsync(bytes, hash, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
