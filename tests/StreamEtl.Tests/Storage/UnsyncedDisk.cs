using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>
/// A disk in memory that knows what a power cut may take: of everything since the last sync of a file or a folder it keeps, drops or tears any part,
/// in any order. It allows more than file systems do (a rename may keep its new name and lose nothing of the old, or neither; a file may have its length
/// and zeros for content), so what survives here survives there.
/// </summary>
internal sealed class UnsyncedDisk : IDisk
{
    private readonly Lock _lock = new();
    private readonly DiskNode _root = new(isFolder: true);
    private long _clock;

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>The call before which the power fails; it and all later ones throw.</summary>
    public int CutAt { get; set; } = int.MaxValue;

    /// <summary>The disk as it may be found after a power cut now.</summary>
    public UnsyncedDisk Crash(int seed)
    {
        lock (_lock)
        {
            var after = new UnsyncedDisk { _clock = _clock };
            var random = new Random(seed);
            var copies = new Dictionary<DiskNode, DiskNode>();
            _root.CrashInto(after._root, random, copies);
            return after;
        }
    }

    /// <summary>All files, by path from the root, hidden ones too.</summary>
    public List<string> Files()
    {
        lock (_lock)
        {
            var files = new List<string>();
            _root.AddFiles("", files);
            return files;
        }
    }

    public IDiskFile Create(string path) =>
        Call(() =>
        {
            var node = new DiskNode(isFolder: false) { Written = Tick(), Writers = 1 };
            DiskNode folder = Parent(path);
            if (folder.Names.ContainsKey(Path.GetFileName(path)))
            {
                throw new IOException($"file exists: {path}");
            }
            folder.SetName(Path.GetFileName(path), node);
            return new OpenFile(this, node, writes: true);
        });

    public IDiskFile? OpenRead(string path) =>
        Call(() => Look(path) is { IsFolder: false } node ? new OpenFile(this, node, writes: false) : null);

    public DiskEntry? Stat(string path) => Call(() => Look(path) is { } node ? node.Entry(Path.GetFileName(path)) : (DiskEntry?)null);

    public IReadOnlyList<DiskEntry> List(string folder) =>
        Call<IReadOnlyList<DiskEntry>>(() => Look(folder) is { } node ? [.. node.Names.Select(n => n.Value.Entry(n.Key))] : []);

    public void MakeFolder(string path) =>
        Call(() =>
        {
            DiskNode folder = Parent(path);
            if (!folder.Names.ContainsKey(Path.GetFileName(path)))
            {
                folder.SetName(Path.GetFileName(path), new DiskNode(isFolder: true));
            }
            return true;
        });

    public bool MoveIfAbsent(string source, string target) =>
        Call(() => !Parent(target).Names.ContainsKey(Path.GetFileName(target)) && Rename(source, target));

    public void Move(string source, string target) => Call(() => Rename(source, target));

    public void Delete(string path) =>
        Call(() =>
        {
            if (Look(path) is { IsFolder: false })
            {
                Parent(path).SetName(Path.GetFileName(path), node: null);
            }
            return true;
        });

    public bool DeleteAbandoned(string path) =>
        Call(() =>
        {
            if (Look(path) is not { IsFolder: false, Writers: 0 })
            {
                return false;
            }
            Parent(path).SetName(Path.GetFileName(path), node: null);
            return true;
        });

    public void SyncFolder(string path) =>
        Call(() =>
        {
            (Look(path) ?? throw new DirectoryNotFoundException(path)).SyncNames();
            return true;
        });

    private bool Rename(string source, string target)
    {
        DiskNode folder = Parent(source);
        if (!folder.Names.TryGetValue(Path.GetFileName(source), out DiskNode? node))
        {
            throw new FileNotFoundException(source);
        }
        folder.SetName(Path.GetFileName(source), node: null);
        Parent(target).SetName(Path.GetFileName(target), node);
        return true;
    }

    private DiskNode Parent(string path) =>
        Look(Path.GetDirectoryName(path)!) is { IsFolder: true } folder ? folder : throw new DirectoryNotFoundException(path);

    private DiskNode? Look(string path)
    {
        DiskNode? node = _root;
        foreach (
            string name in path[Path.GetPathRoot(path)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
        )
        {
            node = node?.Names.GetValueOrDefault(name);
        }
        return node;
    }

    private DateTime Tick() => DateTime.UnixEpoch.AddTicks(++_clock);

    private T Call<T>(Func<T> call)
    {
        lock (_lock)
        {
            if (++Calls >= CutAt)
            {
                throw new PowerCutException();
            }
            return call();
        }
    }

    private sealed class OpenFile(UnsyncedDisk disk, DiskNode node, bool writes) : IDiskFile
    {
        private bool _closed;

        public DiskEntry State() => disk.Call(() => node.Entry(""));

        public void Append(ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            disk.Call(() =>
            {
                node.Append(copy, disk.Tick());
                return true;
            });
        }

        public int ReadAt(long offset, Span<byte> destination)
        {
            byte[] read = disk.CallRead(node, offset, destination.Length);
            read.CopyTo(destination);
            return read.Length;
        }

        public void Sync() =>
            disk.Call(() =>
            {
                node.SyncContent(disk.Tick());
                return true;
            });

        public void Dispose()
        {
            lock (disk._lock)
            {
                node.Writers -= writes && !_closed ? 1 : 0;
                _closed = true;
            }
        }
    }

    private byte[] CallRead(DiskNode node, long offset, int count) => Call(() => node.Read(offset, count));
}
