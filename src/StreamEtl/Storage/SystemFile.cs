using Microsoft.Win32.SafeHandles;
using StreamEtl.Sinks;

namespace StreamEtl.Storage;

/// <summary>A file of the operating system.</summary>
internal sealed class SystemFile(SafeFileHandle handle) : IDiskFile
{
    private WriteBehind _behind;
    private long _written;

    /// <inheritdoc/>
    public DiskEntry State() => new("", DiskEntryKind.File, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(handle, bytes, _written);
        _written += bytes.Length;
        _behind.Wrote(handle, _written);
    }

    /// <inheritdoc/>
    public int ReadAt(long offset, Span<byte> destination) => RandomAccess.Read(handle, destination, offset);

    /// <inheritdoc/>
    public void Sync()
    {
        // The kernel stamps writes with the time of its last tick, milliseconds ago: too coarse to tell one content from the next.
        File.SetLastWriteTimeUtc(handle, DateTime.UtcNow);
        RandomAccess.FlushToDisk(handle);
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
