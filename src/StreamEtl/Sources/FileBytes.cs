using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>The bytes of a file on disk.</summary>
internal sealed class FileBytes : IRandomBytes
{
    private readonly SafeFileHandle _handle;
    private readonly FileIdentity _identity;
    private readonly string _path;

    private FileBytes(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
        _identity = FileIdentity.Of(handle);
        Info = new SourceInfo(path, _identity.Length);
    }

    /// <inheritdoc/>
    public SourceInfo Info { get; }

    /// <summary>Opens an existing file.</summary>
    public static FileBytes Open(string path)
    {
        SafeFileHandle handle = FileOpening.OpenRead(path);
        try
        {
            return new FileBytes(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        Span<byte> buffer = destination.Span;
        try
        {
            while (!buffer.IsEmpty)
            {
                int count = RandomAccess.Read(_handle, buffer, offset);
                if (count == 0)
                {
                    throw FileInput.Changed(_path);
                }
                buffer = buffer[count..];
                offset += count;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"reading failed: {e.Message}",
                new RecordPosition(_path, 0, offset),
                "check the disk or the network share, then run again",
                e
            );
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void VerifyUnchanged()
    {
        if (FileIdentity.Of(_handle) != _identity)
        {
            throw FileInput.Changed(_path);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
