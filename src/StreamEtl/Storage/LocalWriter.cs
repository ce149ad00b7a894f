using StreamEtl.Sinks;

namespace StreamEtl.Storage;

/// <summary>
/// Writes one object of a <see cref="LocalStore"/>. The order of the calls in <see cref="CommitAsync"/> is what makes it safe: the content is on disk before any
/// name leads to it, and the name is on disk before anybody is told.
/// </summary>
internal sealed class LocalWriter : IObjectWriter
{
    private readonly IDisk _disk;
    private readonly string _store;
    private readonly string _staged;
    private readonly string _path;
    private readonly IDiskFile _file;
    private readonly OutputStream _stream;
    private bool _moved;

    /// <summary>Takes over a new file at <paramref name="staged"/>, which becomes <paramref name="path"/>.</summary>
    public LocalWriter(IDisk disk, string store, string key, string staged, string path, IDiskFile file)
    {
        Key = key;
        _disk = disk;
        _store = store;
        _staged = staged;
        _path = path;
        _file = file;
        _stream = new OutputStream(new AppendStream(file), StoreErrors.At(store, key).Source);
    }

    /// <inheritdoc/>
    public string Key { get; }

    /// <inheritdoc/>
    public Stream Stream => _stream;

    /// <inheritdoc/>
    public long Length => _stream.Length;

    /// <inheritdoc/>
    public ValueTask<bool> CommitAsync(WriteCondition condition, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<bool>(Commit(condition));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        if (_moved)
        {
            return;
        }
        try
        {
            _disk.Delete(_staged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever disposes is already telling of the fault that matters, and cleaning finds the file later.
        }
    }

    private bool Commit(WriteCondition condition)
    {
        string folder = Path.GetDirectoryName(_path)!;
        try
        {
            _stream.Flush();
            CrashPoint.Reach("store-written");
            _file.Sync();
            CrashPoint.Reach("store-synced");
            _moved = Move(condition);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFault.From(e, StoreErrors.At(_store, Key).Source, Length);
        }
        CrashPoint.Reach("store-moved");
        try
        {
            // Also for the loser: it goes by what the winner wrote, which must not vanish afterwards.
            _disk.SyncFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.OutcomeUnknown(_store, Key, e);
        }
        CrashPoint.Reach("store-durable");
        return _moved;
    }

    private bool Move(WriteCondition condition)
    {
        try
        {
            if (condition == WriteCondition.IfAbsent)
            {
                return _disk.MoveIfAbsent(_staged, _path);
            }
            _disk.Move(_staged, _path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (MayHaveMoved())
            {
                throw StoreErrors.OutcomeUnknown(_store, Key, e);
            }
            throw;
        }
    }

    /// <summary>A network file system can fail a call that it has carried out. The hidden name being there says that it has not.</summary>
    private bool MayHaveMoved()
    {
        try
        {
            return _disk.Stat(_staged) is null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
