namespace StreamEtl.Sinks;

/// <summary>Chooses how an output that the user names is written.</summary>
public static class OutputFile
{
    /// <summary>The name of standard output.</summary>
    public const string StandardOutput = "-";

    private static readonly string[] StandardOutputPaths = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

    /// <summary>
    /// Opens an output: <c>-</c> is standard output, a device or a pipe (<c>/dev/null</c>, <c>/dev/stdout</c>, a FIFO) is written directly, and
    /// everything else is staged beside its final name. Fails at once when the folder does not exist or cannot be written.
    /// </summary>
    /// <exception cref="Errors.StreamEtlException"><see cref="Errors.ErrorKind.Io"/>, saying what to do.</exception>
    public static IOutputFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path == StandardOutput || (!OperatingSystem.IsWindows() && StandardOutputPaths.Contains(path)))
        {
            return DirectOutput.ToStandardOutput(path);
        }
        string target = FollowLinks(path);
        if (IsDevice(target))
        {
            return DirectOutput.To(path);
        }
        IOutputFile? pipe = DirectOutput.TryToPipe(path, target);
        return pipe ?? new StagedFile(path, target);
    }

    /// <summary>A link stays a link: its target is what gets replaced.</summary>
    private static string FollowLinks(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (IOException)
        {
            return Path.GetFullPath(path);
        }
    }

    /// <summary>A rename over a device would replace it by a file.</summary>
    private static bool IsDevice(string path) =>
        OperatingSystem.IsWindows()
            ? path.StartsWith(@"\\.\", StringComparison.Ordinal)
            : (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal))
                || path.StartsWith("/proc/", StringComparison.Ordinal);
}
