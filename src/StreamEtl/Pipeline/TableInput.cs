using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>One input of a job, whatever its format: opened once to look, then once for each pass.</summary>
internal abstract class TableInput : IAsyncDisposable
{
    /// <summary>What errors and progress print.</summary>
    public abstract SourceInfo Info { get; }

    /// <summary>Opens a source at the first row. <paramref name="again"/> says that the input will be opened once more, so that a pipe must be kept.</summary>
    public abstract ValueTask<IRowSource> OpenAsync(RunContext run, bool again, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
