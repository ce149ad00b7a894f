using StreamEtl.Memory;
using StreamEtl.Storage;

namespace StreamEtl.Sources;

/// <summary>An object of a store, decompressed as its first bytes say. May be opened again and again; that it is another by then is an error.</summary>
internal sealed class ObjectInput(IObjectStore store, string key, BufferPool pool) : IByteInput
{
    private string? _tag;

    /// <inheritdoc/>
    public SourceInfo Info { get; private set; } = new(StoreErrors.At(store.Name, key).Source, null);

    /// <inheritdoc/>
    public async ValueTask<IByteSource> OpenAsync(CancellationToken cancellationToken)
    {
        IRangeReader reader = await store.OpenReadAsync(key, _tag, cancellationToken).ConfigureAwait(false);
        _tag = reader.Info.Tag;
        Info = Info with { Length = reader.Info.Length };
        var source = new ObjectSource(Info, store, reader, pool);
        try
        {
            return await Decompression.OpenAsync(source, path: null, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
