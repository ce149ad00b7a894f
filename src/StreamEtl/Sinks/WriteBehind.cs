using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StreamEtl.Sinks;

/// <summary>
/// Asks the system to start storing each stretch of a file as soon as it is written (Linux, sync_file_range(2)). The sync at the end, without which a rename is no
/// commit, then finds little left to wait for. Only a hint: whether the bytes are stored is what that sync answers.
/// </summary>
internal partial struct WriteBehind
{
    private const long Stretch = 8 << 20;

    /// <summary>SYNC_FILE_RANGE_WRITE: start storing, and do not wait.</summary>
    private const uint Start = 2;

    private long _started;

    /// <summary>Tells that the first <paramref name="written"/> bytes of a file are written.</summary>
    public void Wrote(SafeFileHandle file, long written)
    {
        if (written - _started >= Stretch && OperatingSystem.IsLinux())
        {
            _ = SyncFileRange(file, _started, written - _started, Start);
            _started = written;
        }
    }

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);
}
