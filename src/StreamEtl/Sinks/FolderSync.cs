using System.Runtime.InteropServices;

namespace StreamEtl.Sinks;

/// <summary>
/// Makes a rename survive a power cut: POSIX keeps it only once the folder itself is synced. .NET has no call for that. File systems that cannot do it
/// say so, and are left alone; Windows journals renames.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int Invalid = 22;
    private const int NotSupported = 95;
    private const int NotSupportedOnMac = 45;

    /// <summary>Syncs a folder; what went wrong, or null.</summary>
    public static IOException? TryFlush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }
        int descriptor = Open(folder, ReadOnly);
        int error = descriptor < 0 || Sync(descriptor) != 0 ? Marshal.GetLastPInvokeError() : 0;
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }
        return error is 0 or Invalid or NotSupported or NotSupportedOnMac
            ? null
            : new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{folder}'", error);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
