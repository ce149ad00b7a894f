using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StreamEtl.Sinks;

/// <summary>
/// Writes a file front to back and asks the system to start storing each stretch as soon as it is written (Linux, sync_file_range(2)). The sync at the end, without
/// which a rename is no commit, then finds little left to wait for. Owns the file.
/// </summary>
internal sealed partial class WriteBehindStream(FileStream file) : Stream
{
    private const long Stretch = 8 << 20;

    /// <summary>SYNC_FILE_RANGE_WRITE: start storing, and do not wait.</summary>
    private const uint Start = 2;

    private long _written;
    private long _started;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _written;

    /// <summary>Bytes written; it cannot be set.</summary>
    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        file.Write(buffer);
        _written += buffer.Length;
        if (_written - _started >= Stretch && OperatingSystem.IsLinux())
        {
            // Only a hint: whether the bytes are stored is what the sync at the end answers.
            _ = SyncFileRange(file.SafeFileHandle, _started, _written - _started, Start);
            _started = _written;
        }
    }

    /// <inheritdoc/>
    public override void Flush() => file.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }
        base.Dispose(disposing);
    }

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);
}
