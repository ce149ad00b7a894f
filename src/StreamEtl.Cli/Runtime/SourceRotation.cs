namespace StreamEtl.Cli.Runtime;

/// <summary>
/// Moves what was ingested out of the way (<c>data/actual</c> to <c>data/last</c>), so that the folder holds only what is new. A file that changed while it was
/// read stays: its new content has not been ingested yet.
/// </summary>
internal sealed class SourceRotation
{
    private readonly string _folder;
    private readonly (string Path, long Length, DateTime Written)[] _files;

    private SourceRotation(string folder, (string Path, long Length, DateTime Written)[] files)
    {
        _folder = folder;
        _files = files;
    }

    /// <summary>Notes what the files are before they are read.</summary>
    public static SourceRotation Before(string folder, IEnumerable<string> files) =>
        new(folder, [.. files.Where(File.Exists).Select(f => new FileInfo(f)).Select(f => (f.ToString(), f.Length, f.LastWriteTimeUtc))]);

    /// <summary>Moves them; the result is those that had changed and stay.</summary>
    public IReadOnlyList<string> Move()
    {
        Directory.CreateDirectory(_folder);
        var changed = new List<string>();
        foreach ((string path, long length, DateTime written) in _files)
        {
            var now = new FileInfo(path);
            if (now.Exists && now.Length == length && now.LastWriteTimeUtc == written)
            {
                File.Move(path, Path.Combine(_folder, Path.GetFileName(path)), overwrite: true);
            }
            else
            {
                changed.Add(path);
            }
        }
        return changed;
    }
}
