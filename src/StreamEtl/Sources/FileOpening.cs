using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>Opens files for reading, with errors that say what to do.</summary>
internal static class FileOpening
{
    /// <summary>Opens an existing file. Others may write, rename or delete it meanwhile; the reader notices.</summary>
    public static SafeFileHandle OpenRead(string path)
    {
        try
        {
            return File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.SequentialScan
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotFound(path, e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new StreamEtlException(
                ErrorKind.InputNotFound,
                "this is a folder, not a file",
                new RecordPosition(path, 0, -1),
                $"name the files in it, for example '{Path.Join(path, "*.csv")}'",
                e
            );
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StreamEtlException(
                ErrorKind.InputNotFound,
                "permission to read the file is denied",
                new RecordPosition(path, 0, -1),
                "check who may read it (ls -l)",
                e
            );
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new StreamEtlException(
                ErrorKind.InputNotFound,
                $"the file cannot be opened: {e.Message}",
                new RecordPosition(path, 0, -1),
                null,
                e
            );
        }
    }

    /// <summary>The error for a file that does not exist, with the nearest name in its folder.</summary>
    public static StreamEtlException NotFound(string path, Exception? inner = null)
    {
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        string hint;
        if (!Directory.Exists(folder))
        {
            hint = $"the folder '{folder}' does not exist either";
        }
        else
        {
            string? near = NearestName.Find(Path.GetFileName(path), FileNames(folder));
            hint = near is null ? "check the name" : $"did you mean '{Path.Join(Path.GetDirectoryName(path), near)}'?";
        }
        return new StreamEtlException(ErrorKind.InputNotFound, "no such file", new RecordPosition(path, 0, -1), hint, inner);
    }

    private static IEnumerable<string> FileNames(string folder)
    {
        const int Enough = 10_000;
        try
        {
            return [.. Directory.EnumerateFiles(folder).Take(Enough).Select(f => Path.GetFileName(f))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
