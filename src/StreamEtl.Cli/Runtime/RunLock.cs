using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Runtime;

/// <summary>
/// Keeps a config from running twice at once. The file is locked in the operating system, which lets go of it however its owner ends, so a lock is never stale
/// for longer than its owner lives; the file's text only says who that is. A file whose owner ended without removing it is taken over.
/// </summary>
internal sealed partial class RunLock : IDisposable
{
    private const int Attempts = 20;

    private readonly FileStream _file;
    private readonly string _path;

    private RunLock(FileStream file, string path, string? takenFrom)
    {
        _file = file;
        _path = path;
        TakenFrom = takenFrom;
    }

    /// <summary>The owner that ended without giving the lock back, or null.</summary>
    public string? TakenFrom { get; }

    /// <summary>Takes the lock. Null when somebody has it: <paramref name="owner"/> then says who, as far as it is known.</summary>
    /// <exception cref="StreamEtlException">The file cannot be written.</exception>
    public static RunLock? TryTake(string path, out string owner)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            FileStream file;
            try
            {
                // Elsewhere "none" is what locks; on Windows it would also keep others from reading who the owner is.
                FileShare share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && !Directory.Exists(path))
            {
                owner = Described(ReadOwner(path));
                if (owner.Length > 0 || File.Exists(path))
                {
                    return null;
                }
                // Its owner has gone since.
                continue;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StreamEtlException(
                    ErrorKind.Io,
                    $"the lock file '{path}' cannot be written: {e.Message}",
                    hint: "name another place in the config: lock: /var/lock/streametl.lock",
                    innerException: e
                );
            }
            string before = ReadAll(file);
            string token = Guid.NewGuid().ToString("N");
            Write(file, token);
            // Its owner removes the file before it lets go: then this is a file that nobody will look at again.
            if (ReadOwner(path).Contains(token, StringComparison.Ordinal) || OperatingSystem.IsWindows())
            {
                owner = "";
                return new RunLock(file, path, before.Length > 0 ? Described(before) : null);
            }
            file.Dispose();
        }
        owner = "others that come and go";
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(_path);
            _file.Dispose();
            return;
        }
        _file.SetLength(0);
        _file.Dispose();
    }

    private static void Write(FileStream file, string token)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ}\n{token}\n"
        );
        file.SetLength(0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush();
    }

    private static string ReadAll(FileStream file)
    {
        byte[] bytes = new byte[512];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, length));
    }

    /// <summary>The file's text, read past the lock: .NET would ask for a lock of its own.</summary>
    private static string ReadOwner(string path)
    {
        try
        {
            using SafeFileHandle handle = OperatingSystem.IsWindows()
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
                : new SafeFileHandle(Open(path, 0), ownsHandle: true);
            if (handle.IsInvalid)
            {
                return "";
            }
            using FileStream file = new(handle, FileAccess.Read, bufferSize: 0);
            return ReadAll(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Described(string text) => text.Split('\n')[0];

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
