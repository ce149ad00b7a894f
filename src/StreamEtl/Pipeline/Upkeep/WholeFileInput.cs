using StreamEtl.Parquet.Reading;
using StreamEtl.Sources;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>A file of an open version as it is, <c>_cdc_</c> columns included. Everything stays the caller's.</summary>
internal sealed class WholeFileInput(OpenVersion version, int file) : TableInput
{
    /// <inheritdoc/>
    public override SourceInfo Info => version.Files[file].Info;

    /// <inheritdoc/>
    public override async ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken) =>
        await ParquetRowSource
            .OpenAsync(new SharedBytes(version.Files[file]), run.Pool, rows: null, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
