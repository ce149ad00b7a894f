namespace StreamEtl.Storage;

/// <summary>Reads one object of a <see cref="MemoryStore"/>, as it was when it was opened.</summary>
internal sealed class MemoryReader(ObjectInfo info, byte[] bytes) : IRangeReader
{
    /// <inheritdoc/>
    public ObjectInfo Info => info;

    /// <inheritdoc/>
    public ValueTask<int> ReadAtAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        int count = (int)Math.Clamp(bytes.Length - offset, 0, destination.Length);
        if (count > 0)
        {
            bytes.AsMemory((int)offset, count).CopyTo(destination);
        }
        return new ValueTask<int>(count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
