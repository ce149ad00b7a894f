namespace StreamEtl.Storage;

/// <summary>Objects in memory: the plainest thing that keeps the contract, for tests and for running without a disk.</summary>
internal sealed class MemoryStore(string name = "memory:") : IObjectStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (byte[] Bytes, ObjectInfo Info)> _objects = new(Comparer<string>.Create(ObjectKey.Compare));
    private long _versions;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public ValueTask<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        lock (_lock)
        {
            return new ValueTask<ObjectInfo?>(_objects.TryGetValue(key, out var found) ? found.Info : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IRangeReader> OpenReadAsync(string key, string? tag, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        lock (_lock)
        {
            bool exists = _objects.TryGetValue(key, out var found);
            return tag is not null && found.Info.Tag != tag ? throw StoreErrors.Replaced(Name, key)
                : exists ? new ValueTask<IRangeReader>(new MemoryReader(found.Info, found.Bytes))
                : throw StoreErrors.NotFound(Name, key);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.CheckPrefix(prefix);
        lock (_lock)
        {
            ObjectInfo[] found =
            [
                .. from entry in _objects where entry.Key.StartsWith(prefix, StringComparison.Ordinal) select entry.Value.Info,
            ];
            return found.ToAsyncEnumerable();
        }
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        return new ValueTask<IObjectWriter>(new MemoryWriter(this, key));
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        lock (_lock)
        {
            _objects.Remove(key);
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<int> CleanAsync(string prefix, CancellationToken cancellationToken)
    {
        ObjectKey.CheckPrefix(prefix);
        return new ValueTask<int>(0);
    }

    /// <summary>The commit of a <see cref="MemoryWriter"/>.</summary>
    internal bool Put(string key, byte[] bytes, WriteCondition condition)
    {
        lock (_lock)
        {
            if (condition == WriteCondition.IfAbsent && _objects.ContainsKey(key))
            {
                return false;
            }
            _objects[key] = (bytes, new ObjectInfo(key, bytes.Length, $"v{++_versions}"));
            return true;
        }
    }
}
