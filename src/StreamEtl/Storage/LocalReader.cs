namespace StreamEtl.Storage;

/// <summary>
/// Reads a file of a <see cref="LocalStore"/>. The open file outlives its name, so a replaced or deleted object is read to its end; one that somebody writes into, against
/// the rules, is noticed at the next read.
/// </summary>
internal sealed class LocalReader(string store, ObjectInfo info, IDiskFile file) : IRangeReader
{
    /// <inheritdoc/>
    public ObjectInfo Info => info;

    /// <inheritdoc/>
    public ValueTask<int> ReadAtAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int filled = 0;
        try
        {
            while (filled < destination.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = file.ReadAt(offset + filled, destination.Span[filled..]);
                if (count == 0)
                {
                    break;
                }
                filled += count;
            }
            if (LocalStore.Describe(info.Key, file.State()) != info)
            {
                throw StoreErrors.Replaced(store, info.Key);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.Reading(store, info.Key, e);
        }
        return new ValueTask<int>(filled);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}
