using StreamEtl.Errors;

namespace StreamEtl.Sinks;

/// <summary>Turns the operating system's write errors into errors that say what to do.</summary>
internal static class OutputFault
{
    private const int UnixNoSpace = 28;
    private const int UnixBrokenPipe = 32;
    private const int UnixQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);

    /// <summary>The error for a failed open, write, flush or rename of <paramref name="path"/> after <paramref name="written"/> bytes.</summary>
    public static StreamEtlException From(Exception e, string path, long written)
    {
        var position = new RecordPosition(path, 0, -1);
        return e.HResult switch
        {
            UnixBrokenPipe or WindowsBrokenPipe or WindowsNoData => new StreamEtlException(
                ErrorKind.BrokenPipe,
                "whoever reads the output has stopped reading",
                position,
                null,
                e
            ),
            UnixNoSpace or UnixQuota or WindowsDiskFull => new StreamEtlException(
                ErrorKind.Io,
                $"the disk is full: the output needs more than {written:N0} bytes there",
                position,
                "free some space or write to another disk; nothing was left behind",
                e
            ),
            _ => new StreamEtlException(ErrorKind.Io, $"writing failed: {e.Message}", position, null, e),
        };
    }
}
