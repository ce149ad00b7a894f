namespace StreamEtl.Sources;

/// <summary>A source of which the first bytes have been read already: gives those again, then the rest. Owns the inner source.</summary>
internal sealed class PrefixedSource(IByteSource inner, ReadOnlyMemory<byte> prefix) : IByteSource
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    /// <inheritdoc/>
    public SourceInfo Info => inner.Info;

    /// <inheritdoc/>
    public long Position => inner.Position - _prefix.Length;

    /// <inheritdoc/>
    public bool IsPlainFile => inner.IsPlainFile;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_prefix.IsEmpty)
        {
            return inner.ReadAsync(destination, cancellationToken);
        }
        int count = Math.Min(_prefix.Length, destination.Length);
        _prefix[..count].CopyTo(destination);
        _prefix = _prefix[count..];
        return new ValueTask<int>(count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
