namespace StreamEtl.Sources;

/// <summary>Open bytes that several readings use in turn: each closes its own view, and the owner closes them for good.</summary>
internal sealed class SharedBytes(IRandomBytes inner) : IRandomBytes
{
    /// <inheritdoc/>
    public SourceInfo Info => inner.Info;

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadAsync(offset, destination, cancellationToken);

    /// <inheritdoc/>
    public void VerifyUnchanged() => inner.VerifyUnchanged();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
