using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using StreamEtl.Errors;
using StreamEtl.Sinks;

namespace StreamEtl.Storage;

/// <summary>
/// Objects as files in a folder. An object is written under a hidden name beside its final one, synced, renamed, and its folder synced, in this order: so
/// a power cut leaves the old state or the new one. Folders are made as keys need them and never removed. Below the root no link is followed, by
/// no operation: a key cannot lead outside.
/// </summary>
public sealed class LocalStore : IObjectStore
{
    private readonly IDisk _disk;
    private readonly string _root;

    /// <summary>Folders that this process knows to outlast a power cut.</summary>
    private readonly ConcurrentDictionary<string, bool> _durableFolders = new(StringComparer.Ordinal);

    /// <summary>Opens a folder as a store; the first object makes it, if need be.</summary>
    public LocalStore(string root)
        : this(root, SystemDisk.Instance) { }

    /// <summary>The same on another disk.</summary>
    internal LocalStore(string root, IDisk disk)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Name = root;
        _disk = disk;
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        return new ValueTask<ObjectInfo?>(Reading(key, () => Find(key) is { } entry ? Describe(key, entry) : (ObjectInfo?)null));
    }

    /// <inheritdoc/>
    public ValueTask<IRangeReader> OpenReadAsync(string key, string? tag, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        return new ValueTask<IRangeReader>(Reading<IRangeReader>(key, () => Open(key, tag)));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ObjectKey.CheckPrefix(prefix);
        return ListedAsync(prefix, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        return new ValueTask<IObjectWriter>(Writing<IObjectWriter>(key, () => Create(key)));
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKey.Check(key);
        Writing(
            key,
            () =>
            {
                string path = LocalPath.Of(_root, key);
                string folder = Path.GetDirectoryName(path)!;
                if (Find(key) is not null)
                {
                    _disk.Delete(path);
                    CrashPoint.Reach("store-deleted");
                }
                // Also when there was none: it may have been deleted a moment ago, by one who was killed before the sync.
                if (_disk.Stat(folder) is { Kind: DiskEntryKind.Folder })
                {
                    _disk.SyncFolder(folder);
                }
                return true;
            }
        );
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<int> CleanAsync(string prefix, CancellationToken cancellationToken)
    {
        ObjectKey.CheckPrefix(prefix);
        return new ValueTask<int>(
            Writing(
                prefix,
                () =>
                {
                    int removed = 0;
                    foreach (LocalEntry left in new LocalWalk(_disk, _root, prefix).Unfinished())
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        removed += _disk.DeleteAbandoned(left.Path) ? 1 : 0;
                    }
                    return removed;
                }
            )
        );
    }

    /// <summary>The tag of a content: length and time of writing, which <see cref="IDiskFile.Sync"/> makes its own.</summary>
    internal static ObjectInfo Describe(string key, DiskEntry entry) =>
        new(key, entry.Length, string.Create(null, $"{entry.Length:x}-{entry.Written.Ticks:x}"));

    private LocalReader Open(string key, string? tag)
    {
        IDiskFile file =
            (Find(key) is null ? null : _disk.OpenRead(LocalPath.Of(_root, key)))
            ?? throw (tag is null ? StoreErrors.NotFound(Name, key) : StoreErrors.Replaced(Name, key));
        try
        {
            ObjectInfo info = Describe(key, file.State());
            return tag is null || tag == info.Tag ? new LocalReader(Name, info, file) : throw StoreErrors.Replaced(Name, key);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private LocalWriter Create(string key)
    {
        string path = LocalPath.Of(_root, key);
        EnsureFolder(Path.GetDirectoryName(path)!);
        RefuseFolder(key, path);
        const int Attempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            string staged = LocalPath.Staged(path);
            IDiskFile file;
            try
            {
                file = _disk.Create(staged);
            }
            catch (IOException) when (attempt < Attempts && _disk.Stat(staged) is null)
            {
                continue;
            }
            // Between its creation and its lock, a cleaner can have taken the file for one of the dead. It keeps its name from here on.
            if (IsThere(staged, file) || attempt == Attempts)
            {
                return new LocalWriter(_disk, Name, key, staged, path, file);
            }
            file.Dispose();
        }
    }

    /// <summary>Whether a file that was made just now has its name still. A fault closes it: while it is open, nobody would clean it up.</summary>
    private bool IsThere(string staged, IDiskFile file)
    {
        try
        {
            return _disk.Stat(staged) is not null;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file of a key; null when there is none. A link on the way is an error.</summary>
    private DiskEntry? Find(string key)
    {
        string path = _root;
        DiskEntry? entry = null;
        foreach (string segment in LocalPath.Segments(key))
        {
            if (entry is { Kind: not DiskEntryKind.Folder })
            {
                return null;
            }
            path = Path.Join(path, segment);
            entry = _disk.Stat(path);
            if (entry is null)
            {
                return null;
            }
            RefuseLink(entry, path);
        }
        return entry is { Kind: DiskEntryKind.File } ? entry : null;
    }

    /// <summary>
    /// Makes a folder and those above it, each durable before anything is put into it. That one exists does not say so: whoever made it may have been
    /// killed before the sync.
    /// </summary>
    private void EnsureFolder(string folder)
    {
        bool inside = folder.Length > _root.Length;
        DiskEntry? entry = _disk.Stat(folder);
        if (inside)
        {
            RefuseLink(entry, folder);
        }
        if ((entry is not null && _durableFolders.ContainsKey(folder)) || Path.GetDirectoryName(folder) is not { } parent)
        {
            return;
        }
        EnsureFolder(parent);
        if (entry is null)
        {
            _disk.MakeFolder(folder);
        }
        try
        {
            _disk.SyncFolder(parent);
        }
        catch (UnauthorizedAccessException) when (!inside && entry is not null)
        {
            // A folder above the root that may not even be read is not one that a run like this makes others in.
        }
        _durableFolders[folder] = true;
    }

    private void RefuseFolder(string key, string path)
    {
        DiskEntry? entry = _disk.Stat(path);
        RefuseLink(entry, path);
        if (entry is { Kind: DiskEntryKind.Folder })
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                "an object cannot have the name of a folder",
                StoreErrors.At(Name, key),
                "choose another name, or remove the folder"
            );
        }
    }

    private static void RefuseLink(DiskEntry? entry, string path)
    {
        if (entry is { Kind: DiskEntryKind.Link })
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                "this is a link, and links inside a table folder are not followed: they could lead anywhere",
                new RecordPosition(path, 0, -1),
                "put the files themselves there, or make the whole folder a link"
            );
        }
    }

    private async IAsyncEnumerable<ObjectInfo> ListedAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        using IEnumerator<LocalEntry> found = Reading(prefix, () => new LocalWalk(_disk, _root, prefix).Objects().GetEnumerator());
        while (Reading(prefix, found.MoveNext))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Describe(found.Current.Key, found.Current.Entry);
        }
    }

    private T Reading<T>(string key, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.Reading(Name, key, e);
        }
    }

    private T Writing<T>(string key, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFault.From(e, StoreErrors.At(Name, key).Source, 0);
        }
    }
}
