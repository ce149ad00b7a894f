using StreamEtl.Errors;

namespace StreamEtl.Sinks;

/// <summary>
/// A file written aside, under a hidden name in the folder of its final name, and renamed when it is complete and on disk: readers see the old file or
/// the new one, never a half. Disposing without a commit removes it. The final name may be one of the inputs.
/// </summary>
internal sealed class StagedFile : IOutputFile
{
    private readonly string _target;
    private readonly string _staged;
    private readonly FileStream _file;
    private readonly OutputStream _stream;
    private bool _committed;

    /// <summary>Stages <paramref name="path"/>, which is written at <paramref name="target"/>, the same with links followed.</summary>
    public StagedFile(string path, string target)
    {
        Path = path;
        _target = target;
        if (Directory.Exists(target) || System.IO.Path.EndsInDirectorySeparator(path))
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                "the output is a folder",
                new RecordPosition(path, 0, -1),
                "name a file in it, for example " + System.IO.Path.Join(path, "out.parquet")
            );
        }
        string folder = System.IO.Path.GetDirectoryName(target) ?? ".";
        if (!Directory.Exists(folder))
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"the folder '{folder}' does not exist",
                new RecordPosition(path, 0, -1),
                $"create it first: mkdir -p '{folder}'"
            );
        }
        _staged = System.IO.Path.Join(folder, StagedName(System.IO.Path.GetFileName(target)));
        try
        {
            _file = new FileStream(_staged, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"permission to write in the folder '{folder}' is denied",
                new RecordPosition(path, 0, -1),
                "write to another folder",
                e
            );
        }
        catch (IOException e)
        {
            throw OutputFault.From(e, path, 0);
        }
        _stream = new OutputStream(new WriteBehindStream(_file), path);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public Stream Stream => _stream;

    /// <inheritdoc/>
    public long Length => _stream.Length;

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _stream.Flush();
        try
        {
            RandomAccess.FlushToDisk(_file.SafeFileHandle);
            KeepPermissions();
            await _stream.DisposeAsync().ConfigureAwait(false);
            File.Move(_staged, _target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFault.From(e, Path, Length);
        }
        _committed = true;
        // The output is complete and visible; a file system that cannot promise more is no reason to fail.
        _ = FolderSync.TryFlush(System.IO.Path.GetDirectoryName(_target)!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        if (!_committed)
        {
            try
            {
                File.Delete(_staged);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Whoever disposes is already telling of the fault that matters; a hidden file that cannot be removed must not replace it.
            }
        }
    }

    /// <summary>A hidden name that no glob picks up and that file systems with 255 bytes for a name still take.</summary>
    private static string StagedName(string name)
    {
        const int Kept = 60;
        string stem = name.Length > Kept ? name[..Kept] : name;
        return $".{stem}.{Guid.NewGuid().ToString("N")[..12]}.tmp";
    }

    /// <summary>A file that replaces another has its permissions, as if it had been written in place.</summary>
    private void KeepPermissions()
    {
        if (!OperatingSystem.IsWindows() && File.Exists(_target))
        {
            File.SetUnixFileMode(_file.SafeFileHandle, File.GetUnixFileMode(_target));
        }
    }
}
