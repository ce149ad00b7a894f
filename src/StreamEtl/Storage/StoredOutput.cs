using StreamEtl.Errors;
using StreamEtl.Sinks;

namespace StreamEtl.Storage;

/// <summary>An output that becomes an object of a store, whole and at once, over whatever had its key.</summary>
public sealed class StoredOutput : IOutputFile
{
    private readonly IObjectWriter _writer;

    private StoredOutput(string path, IObjectWriter writer) => (Path, _writer) = (path, writer);

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public Stream Stream => _writer.Stream;

    /// <inheritdoc/>
    public long Length => _writer.Length;

    /// <summary>Starts the object. <paramref name="path"/> is what the user calls it.</summary>
    public static async ValueTask<StoredOutput> CreateAsync(
        IObjectStore store,
        string key,
        string path,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length == 0 || key[^1] == '/')
        {
            throw new StreamEtlException(ErrorKind.Usage, $"the output '{path}' names no object", hint: $"{path.TrimEnd('/')}/out.parquet");
        }
        return new StoredOutput(path, await store.CreateAsync(key, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken) =>
        await _writer.CommitAsync(WriteCondition.Replace, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
