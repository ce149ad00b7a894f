using StreamEtl.Errors;

namespace StreamEtl.Storage;

/// <summary>Small objects in one call: commit records, settings.</summary>
public static class WholeObjects
{
    /// <summary>All bytes of an object; null when there is none.</summary>
    /// <param name="store">Where.</param>
    /// <param name="key">Which.</param>
    /// <param name="maxLength">Bytes that it may have: what is longer is not what the caller expects, and is refused unread.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StreamEtlException">As <see cref="IRangeReader.ReadAtAsync"/>; <see cref="ErrorKind.Unsupported"/>: too long.</exception>
    public static async ValueTask<byte[]?> ReadWholeAsync(
        this IObjectStore store,
        string key,
        int maxLength,
        CancellationToken cancellationToken
    )
    {
        IRangeReader reader;
        try
        {
            reader = await store.OpenReadAsync(key, tag: null, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.InputNotFound)
        {
            return null;
        }
        await using (reader.ConfigureAwait(false))
        {
            if (reader.Info.Length > maxLength)
            {
                throw new StreamEtlException(
                    ErrorKind.Unsupported,
                    $"the object has {reader.Info.Length:N0} bytes where at most {maxLength:N0} are expected",
                    StoreErrors.At(store.Name, key)
                );
            }
            byte[] bytes = new byte[reader.Info.Length];
            int count = await reader.ReadAtAsync(0, bytes, cancellationToken).ConfigureAwait(false);
            return count == bytes.Length ? bytes : throw StoreErrors.Replaced(store.Name, key);
        }
    }

    /// <summary>Writes an object and commits it; the result and the errors are those of <see cref="IObjectWriter.CommitAsync"/>.</summary>
    public static async ValueTask<bool> WriteWholeAsync(
        this IObjectStore store,
        string key,
        ReadOnlyMemory<byte> bytes,
        WriteCondition condition,
        CancellationToken cancellationToken
    )
    {
        IObjectWriter writer = await store.CreateAsync(key, cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await writer.Stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return await writer.CommitAsync(condition, cancellationToken).ConfigureAwait(false);
        }
    }
}
