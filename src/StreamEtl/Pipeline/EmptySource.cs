using StreamEtl.Batches;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>An input of 0 bytes: no columns, no rows.</summary>
internal sealed class EmptySource(SourceInfo info) : IRowSource
{
    /// <inheritdoc/>
    public SourceInfo Info => info;

    /// <inheritdoc/>
    public long Position => 0;

    /// <inheritdoc/>
    public long FirstLine => 1;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => [];

    /// <inheritdoc/>
    public IReadOnlyList<SourceColumn> Columns => [];

    /// <inheritdoc/>
    public ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken) =>
        ValueTask.FromResult<SourceUnit?>(null);

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan) =>
        throw new InvalidOperationException("an empty input has no units");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
