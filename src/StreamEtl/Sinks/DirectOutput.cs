using Microsoft.Win32.SafeHandles;

namespace StreamEtl.Sinks;

/// <summary>Standard output, a device or a pipe: what is written is out at once, and there is nothing to commit or to take back.</summary>
internal sealed class DirectOutput : IOutputFile
{
    private readonly OutputStream _stream;

    private DirectOutput(string path, Stream stream)
    {
        Path = path;
        _stream = new OutputStream(stream, path);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public Stream Stream => _stream;

    /// <inheritdoc/>
    public long Length => _stream.Length;

    /// <summary>
    /// Writes to standard output. .NET's console stream drops bytes without a word once the reader of a pipe has gone, so pipes are written through
    /// their handle; a redirected file is not, because its offset is shared with the shell's other commands and must move on.
    /// </summary>
    public static DirectOutput ToStandardOutput(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!stream.CanSeek)
            {
                return new DirectOutput(path, stream);
            }
        }
        return new DirectOutput(path, Console.OpenStandardOutput());
    }

    /// <summary>Writes to a device.</summary>
    public static DirectOutput To(string path)
    {
        try
        {
            return new DirectOutput(path, Open(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFault.From(e, path, 0);
        }
    }

    /// <summary>Opens a named pipe, which blocks until someone reads it; null for anything else. Only what exists and has no length can be one.</summary>
    public static DirectOutput? TryToPipe(string path, string target)
    {
        try
        {
            if (OperatingSystem.IsWindows() || !File.Exists(target) || new FileInfo(target).Length > 0)
            {
                return null;
            }
            FileStream stream = Open(target);
            if (!stream.CanSeek)
            {
                return new DirectOutput(path, stream);
            }
            stream.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _stream.Flush();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
}
