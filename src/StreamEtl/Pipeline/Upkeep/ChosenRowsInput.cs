using StreamEtl.Batches;
using StreamEtl.Sources;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>Chosen rows of an open version. Everything stays the caller's.</summary>
internal sealed class ChosenRowsInput(OpenVersion version, IReadOnlyList<RowBitmap?> rows) : TableInput
{
    /// <inheritdoc/>
    public override SourceInfo Info { get; } =
        new($"{version.Record.Table}@{version.Record.Version}", version.Record.Files.Sum(f => f.Bytes));

    /// <inheritdoc/>
    public override ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IRowSource>(new VersionSource(Info.Name, version, rows, run.Pool));

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
