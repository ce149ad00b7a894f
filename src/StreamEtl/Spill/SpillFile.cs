using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;

namespace StreamEtl.Spill;

/// <summary>
/// A nameless file in the temp folder: on Unix its name is removed as soon as it is open, so that not even kill -9 leaves it behind; elsewhere it goes when it is
/// closed. Blocks are appended and read again by their offset. One writer; readers after the last write.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Creates the file.</summary>
    public SpillFile(string folder)
    {
        string path = Path.Combine(folder, $"streametl-{Path.GetRandomFileName()}.spill");
        try
        {
            Directory.CreateDirectory(folder);
            _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"the temp folder '{folder}' cannot be written: {e.Message}",
                hint: "choose another with --temp",
                innerException: e
            );
        }
    }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Appends a block; returns its offset.</summary>
    public long Append(ReadOnlySpan<byte> block)
    {
        long offset = Length;
        try
        {
            RandomAccess.Write(_handle, block, offset);
        }
        catch (IOException e)
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"spilling to the temp folder failed after {offset} bytes: {e.Message}",
                hint: "free space there, choose another folder with --temp, or give more --memory",
                innerException: e
            );
        }
        Length += block.Length;
        return offset;
    }

    /// <summary>Reads a block back.</summary>
    public void Read(long offset, Span<byte> block)
    {
        while (block.Length > 0)
        {
            int read = RandomAccess.Read(_handle, block, offset);
            if (read == 0)
            {
                throw new StreamEtlException(ErrorKind.Io, "a spill file is shorter than what was written to it");
            }
            block = block[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
