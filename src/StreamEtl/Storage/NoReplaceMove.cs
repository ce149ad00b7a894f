using System.Runtime.InteropServices;

namespace StreamEtl.Storage;

/// <summary>
/// A rename that never replaces, decided by the file system alone: <c>renameat2(RENAME_NOREPLACE)</c> on Linux, a second hard link elsewhere on Unix and on
/// file systems without that flag, <c>MoveFileEx</c> on Windows. <see cref="File.Move(string, string)"/> on Unix looks first and then acts.
/// </summary>
internal static partial class NoReplaceMove
{
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int NotImplemented = 38;
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;
    private const int WindowsFileExists = unchecked((int)0x80070050);
    private const int WindowsAlreadyExists = unchecked((int)0x800700B7);

    /// <summary>False when the target exists.</summary>
    public static bool Try(string source, string target) =>
        OperatingSystem.IsWindows() ? TryOnWindows(source, target)
        : OperatingSystem.IsLinux() ? TryOnLinux(source, target)
        : TryByLink(source, target);

    /// <summary>The portable way. A process killed between its two calls leaves the old name too, as one more name of the same file.</summary>
    internal static bool TryByLink(string source, string target)
    {
        if (Link(source, target) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Exists ? false : throw Fault(error, target);
        }
        try
        {
            File.Delete(source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The new name is what was asked for; the old one is hidden, and cleaning finds it.
        }
        return true;
    }

    private static bool TryOnLinux(string source, string target)
    {
        int error;
        try
        {
            if (RenameAt2(CurrentFolder, source, CurrentFolder, target, NoReplace) == 0)
            {
                return true;
            }
            error = Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            error = NotImplemented;
        }
        return error switch
        {
            Exists => false,
            Invalid or NotImplemented => TryByLink(source, target),
            _ => throw Fault(error, target),
        };
    }

    private static bool TryOnWindows(string source, string target)
    {
        try
        {
            File.Move(source, target, overwrite: false);
            return true;
        }
        catch (IOException e) when (e.HResult is WindowsFileExists or WindowsAlreadyExists)
        {
            return false;
        }
    }

    private static IOException Fault(int error, string path) => new($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RenameAt2(int sourceFolder, string source, int targetFolder, string target, uint flags);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string source, string target);
}
