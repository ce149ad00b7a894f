namespace StreamEtl.Storage;

/// <summary>Gathers one object of a <see cref="MemoryStore"/>.</summary>
internal sealed class MemoryWriter(MemoryStore store, string key) : IObjectWriter
{
    private readonly MemoryStream _stream = new();

    /// <inheritdoc/>
    public string Key => key;

    /// <inheritdoc/>
    public Stream Stream => _stream;

    /// <inheritdoc/>
    public long Length => _stream.Length;

    /// <inheritdoc/>
    public ValueTask<bool> CommitAsync(WriteCondition condition, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<bool>(store.Put(key, _stream.ToArray(), condition));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
