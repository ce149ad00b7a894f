using StreamEtl.Batches;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>Stands for a managed table where only its columns and types matter: it has those, and no rows.</summary>
internal sealed class SchemaOnlyInput(string name, IReadOnlyList<Field> fields) : TableInput
{
    /// <inheritdoc/>
    public override SourceInfo Info { get; } = new(name, 0);

    /// <inheritdoc/>
    public override ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IRowSource>(new Source(Info, [.. fields.Select(f => new SourceColumn(f.Name, f.Type))]));

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Source(SourceInfo info, IReadOnlyList<SourceColumn> columns) : IRowSource
    {
        public SourceInfo Info => info;

        public long Position => 0;

        public long FirstLine => 0;

        public IReadOnlyList<string> Warnings => [];

        public IReadOnlyList<SourceColumn> Columns => columns;

        public ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken) =>
            ValueTask.FromResult<SourceUnit?>(null);

        public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan) =>
            throw new InvalidOperationException("a schema has no units");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
