using StreamEtl.Memory;
using StreamEtl.Storage;

namespace StreamEtl.Sources;

/// <summary>
/// An object of a store, decompressed as its first bytes say. May be opened again and again, and is not asked for twice where only its beginning was read; that it is another by the time
/// that more of it is needed is an error.
/// </summary>
internal sealed class ObjectInput(IObjectStore store, string key, BufferPool pool, KeptBeginning kept) : IByteInput
{
    private string? _tag;
    private ObjectSource? _source;

    /// <inheritdoc/>
    public SourceInfo Info { get; private set; } = new(StoreErrors.At(store.Name, key).Source, null);

    /// <inheritdoc/>
    public async ValueTask<IByteSource> OpenAsync(CancellationToken cancellationToken)
    {
        if (_source is not { } source || !source.TryRewind())
        {
            await DisposeAsync().ConfigureAwait(false);
            IRangeReader reader = await store.OpenReadAsync(key, _tag, cancellationToken).ConfigureAwait(false);
            _tag = reader.Info.Tag;
            Info = Info with { Length = reader.Info.Length };
            _source = source = new ObjectSource(Info, store, reader, pool);
        }
        return await Decompression.OpenAsync(new Reading(this, source), path: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync().ConfigureAwait(false);
            _source = null;
            kept.GiveBack(this);
        }
    }

    private bool Keeps() => kept.TryTake(this);

    /// <summary>One reading. When it ends, the source stays if another could go on with what it holds.</summary>
    private sealed class Reading(ObjectInput input, ObjectSource source) : IByteSource
    {
        public SourceInfo Info => source.Info;

        public long Position => source.Position;

        public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken) =>
            source.ReadAsync(destination, cancellationToken);

        public ValueTask DisposeAsync() => source.HasBeginning && input.Keeps() ? ValueTask.CompletedTask : input.DisposeAsync();
    }
}
