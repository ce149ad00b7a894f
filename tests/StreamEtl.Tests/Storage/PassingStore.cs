using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>A store that hands everything on to another: tests override what is to be different.</summary>
internal class PassingStore(IObjectStore inner) : IObjectStore
{
    public string Name => inner.Name;

    public bool IsRemote => inner.IsRemote;

    public virtual ValueTask<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken) =>
        inner.StatAsync(key, cancellationToken);

    public virtual ValueTask<IRangeReader> OpenReadAsync(string key, string? tag, CancellationToken cancellationToken) =>
        inner.OpenReadAsync(key, tag, cancellationToken);

    public virtual IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    public virtual ValueTask<IObjectWriter> CreateAsync(string key, CancellationToken cancellationToken) =>
        inner.CreateAsync(key, cancellationToken);

    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public ValueTask<int> CleanAsync(string prefix, CancellationToken cancellationToken) => inner.CleanAsync(prefix, cancellationToken);
}
