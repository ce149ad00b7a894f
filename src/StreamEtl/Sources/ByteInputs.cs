using Microsoft.Win32.SafeHandles;

namespace StreamEtl.Sources;

/// <summary>Chooses how an input that the user names is read.</summary>
internal static class ByteInputs
{
    private const string StandardInputPath = "/dev/stdin";

    /// <summary>
    /// <c>-</c> is standard input; what cannot seek (a named pipe, <c>/dev/stdin</c>, a shell's <c>&lt;(command)</c>) is read like it; everything else is a
    /// file, which is opened only when it is read. <paramref name="spoolFolder"/>: where a pipe is kept so that it can be read again, or null.
    /// </summary>
    public static IByteInput Create(string path, string? spoolFolder)
    {
        if (path == StandardInput.Name)
        {
            return IsRedirectedFile() ? new FileInput(StandardInputPath, StandardInput.Name) : new StandardInput(spoolFolder);
        }
        if (OperatingSystem.IsWindows() || !IsSpecial(path))
        {
            return new FileInput(path);
        }
        var stream = new FileStream(FileOpening.OpenRead(path), FileAccess.Read, bufferSize: 0);
        if (stream.CanSeek)
        {
            stream.Dispose();
            return new FileInput(path);
        }
        return new StandardInput(stream, spoolFolder, path);
    }

    /// <summary>
    /// True for <c>streametl … - &lt; file</c>: a file can be read again without a copy. Not when something has read the beginning of it already.
    /// </summary>
    private static bool IsRedirectedFile()
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(StandardInputPath))
        {
            return false;
        }
        try
        {
            using var stream = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            return stream.CanSeek && stream.Position == 0 && stream.Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Rules out ordinary files without opening them: a special file has no length.</summary>
    private static bool IsSpecial(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }
            var file = new FileInfo(path);
            if ((file.Attributes & FileAttributes.ReparsePoint) != 0 && file.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                file = new FileInfo(target.FullName);
            }
            return !file.Exists || file.Length == 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return File.Exists(path);
        }
    }
}
