using Microsoft.Win32.SafeHandles;
using StreamEtl.Sinks;

namespace StreamEtl.Storage;

/// <summary>
/// The file system. .NET locks every file it opens (<c>flock</c>; shared, or exclusive for <see cref="FileShare.None"/>), and the kernel drops the locks of
/// the dead: a file that can be locked alone has no writer.
/// </summary>
internal sealed class SystemDisk : IDisk
{
    private const int AccessDenied = 13;
    private const FileShare Everyone = FileShare.ReadWrite | FileShare.Delete;

    private static readonly EnumerationOptions All = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>The only one.</summary>
    public static SystemDisk Instance { get; } = new();

    /// <inheritdoc/>
    public IDiskFile Create(string path) => new SystemFile(File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, Everyone));

    /// <inheritdoc/>
    public IDiskFile? OpenRead(string path)
    {
        try
        {
            return new SystemFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, Everyone));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public DiskEntry? Stat(string path) => Entry(new FileInfo(path));

    /// <inheritdoc/>
    public IReadOnlyList<DiskEntry> List(string folder)
    {
        var entries = new List<DiskEntry>();
        try
        {
            foreach (FileSystemInfo info in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", All))
            {
                if (Entry(info) is { } entry)
                {
                    entries.Add(entry);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        return entries;
    }

    /// <inheritdoc/>
    public void MakeFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public bool MoveIfAbsent(string source, string target) => NoReplaceMove.Try(source, target);

    /// <inheritdoc/>
    public void Move(string source, string target) => File.Move(source, target, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // As gone as if only the file were missing.
        }
    }

    /// <inheritdoc/>
    public bool DeleteAbandoned(string path)
    {
        try
        {
            using SafeFileHandle alone = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.None, FileOptions.DeleteOnClose);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void SyncFolder(string path)
    {
        if (FolderSync.TryFlush(path) is { } fault)
        {
            throw fault.HResult == AccessDenied ? new UnauthorizedAccessException(fault.Message, fault) : fault;
        }
    }

    private static DiskEntry? Entry(FileSystemInfo info)
    {
        const FileAttributes Missing = (FileAttributes)(-1);
        try
        {
            FileAttributes attributes = info.Attributes;
            if (attributes == Missing)
            {
                return null;
            }
            DiskEntryKind kind =
                attributes.HasFlag(FileAttributes.ReparsePoint) ? DiskEntryKind.Link
                : attributes.HasFlag(FileAttributes.Directory) ? DiskEntryKind.Folder
                : DiskEntryKind.File;
            long length = kind == DiskEntryKind.File && info is FileInfo file ? file.Length : 0;
            return new DiskEntry(info.Name, kind, length, info.LastWriteTimeUtc);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
