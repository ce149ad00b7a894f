using StreamEtl.Storage;

namespace StreamEtl.Sources;

/// <summary>The bytes of an object in a store, under the name that a user would give it.</summary>
internal sealed class ObjectBytes(IObjectStore store, IRangeReader reader) : IRandomBytes
{
    /// <inheritdoc/>
    public SourceInfo Info { get; } = new(StoreErrors.At(store.Name, reader.Info.Key).Source, reader.Info.Length);

    /// <summary>Opens an object; the error that there is none is the store's.</summary>
    public static ValueTask<ObjectBytes> OpenAsync(IObjectStore store, string key, CancellationToken cancellationToken) =>
        OpenAsync(store, key, tag: null, cancellationToken);

    /// <summary>The same; with a tag, the content of that tag.</summary>
    public static async ValueTask<ObjectBytes> OpenAsync(
        IObjectStore store,
        string key,
        string? tag,
        CancellationToken cancellationToken
    ) => new(store, await store.OpenReadAsync(key, tag, cancellationToken).ConfigureAwait(false));

    /// <summary>What tells the content from others of the key.</summary>
    public string Tag => reader.Info.Tag;

    /// <summary>Whether reading ahead pays.</summary>
    public bool IsRemote => store.IsRemote;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (await reader.ReadAtAsync(offset, destination, cancellationToken).ConfigureAwait(false) != destination.Length)
        {
            throw StoreErrors.Replaced(store.Name, reader.Info.Key);
        }
    }

    /// <summary>A reader holds on to one state and fails when it is gone, so there is nothing to verify.</summary>
    public void VerifyUnchanged() { }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => reader.DisposeAsync();
}
