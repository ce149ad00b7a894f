using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

/// <summary>A disk that makes <see cref="LocalStore"/> behave as if it had one of the bugs.</summary>
internal sealed class BrokenDisk(IDisk inner, PlantedBug bug) : IDisk
{
    private readonly Dictionary<string, LateFile> _late = [];

    public IDiskFile Create(string path)
    {
        var file = new LateFile(inner.Create(path), bug);
        _late[path] = file;
        return file;
    }

    public IDiskFile? OpenRead(string path) => inner.OpenRead(path);

    public DiskEntry? Stat(string path) => inner.Stat(path);

    public IReadOnlyList<DiskEntry> List(string folder) => inner.List(folder);

    public void MakeFolder(string path) => inner.MakeFolder(path);

    public bool MoveIfAbsent(string source, string target)
    {
        if (bug == PlantedBug.ReplaceOnCommit)
        {
            inner.Move(source, target);
            return true;
        }
        if (!inner.MoveIfAbsent(source, target))
        {
            return false;
        }
        _late[source].Finish();
        return true;
    }

    public void Move(string source, string target)
    {
        inner.Move(source, target);
        _late[source].Finish();
    }

    public void Delete(string path) => inner.Delete(path);

    public bool DeleteAbandoned(string path) => inner.DeleteAbandoned(path);

    public void SyncFolder(string path)
    {
        if (bug != PlantedBug.NoFolderSync)
        {
            inner.SyncFolder(path);
        }
    }

    private sealed class LateFile(IDiskFile inner, PlantedBug bug) : IDiskFile
    {
        private readonly List<byte[]> _bytes = [];

        public DiskEntry State() => inner.State();

        public int ReadAt(long offset, Span<byte> destination) => inner.ReadAt(offset, destination);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (bug == PlantedBug.RenameBeforeData)
            {
                _bytes.Add(bytes.ToArray());
            }
            else
            {
                inner.Append(bytes);
            }
        }

        public void Sync()
        {
            if (bug is not (PlantedBug.RenameBeforeData or PlantedBug.NoFileSync))
            {
                inner.Sync();
            }
        }

        public void Finish()
        {
            if (bug == PlantedBug.RenameBeforeData)
            {
                _bytes.ForEach(b => inner.Append(b));
                inner.Sync();
            }
        }

        public void Dispose() => inner.Dispose();
    }
}
