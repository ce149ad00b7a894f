using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// A nameless file in the temp folder that holds what a pipe has given so far. On Unix its name is removed as soon as it is open, so that not even a
/// killed process leaves it behind; on Windows the system deletes it when the last handle closes.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly string _folder;

    /// <summary>Creates an empty file.</summary>
    public SpoolFile(string folder)
    {
        _folder = folder;
        string path = Path.Join(folder, $".streametl-{Guid.NewGuid():N}.spool");
        try
        {
            Directory.CreateDirectory(folder);
            FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, options);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _handle?.Dispose();
            throw Failed(e);
        }
    }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Writes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, Length);
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
        Length += bytes.Length;
    }

    /// <summary>Reads from <paramref name="position"/>; never 0 before <see cref="Length"/>.</summary>
    public int Read(Span<byte> destination, long position)
    {
        int wanted = (int)Math.Min(destination.Length, Length - position);
        int count = RandomAccess.Read(_handle, destination[..wanted], position);
        if (count == 0 && wanted > 0)
        {
            throw Failed(new EndOfStreamException("the spool file is shorter than what was written to it"));
        }
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private StreamEtlException Failed(Exception e) =>
        new(
            ErrorKind.Io,
            $"keeping a copy of standard input in '{_folder}' failed: {e.Message}",
            new RecordPosition(StandardInput.Name, 0, -1),
            "choose a folder with more space with --temp DIR, or give a file instead of a pipe",
            e
        );
}
