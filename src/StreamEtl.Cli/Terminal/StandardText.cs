using Microsoft.Win32.SafeHandles;

namespace StreamEtl.Cli.Terminal;

/// <summary>
/// Writes text to the standard streams. On a terminal .NET's console stream would first set it up for reading keys, which leaves its mark; a redirected
/// file goes through it, because other commands may share the file and its offset.
/// </summary>
internal static class StandardText
{
    private const int BrokenPipe = 32;

    /// <summary>Standard output, for help; <c>head</c> may close it at any time.</summary>
    public static TextWriter OpenOutput() => Open(1, Console.OpenStandardOutput, static e => e.HResult == BrokenPipe);

    /// <summary>Standard error, for messages; that it is closed or full must not end a run.</summary>
    public static TextWriter OpenError() =>
        Open(2, Console.OpenStandardError, static e => e is IOException or UnauthorizedAccessException or ObjectDisposedException);

    private static TextWriter Open(int descriptor, Func<Stream> console, Func<Exception, bool> forgives)
    {
        Stream? stream = null;
        if (!OperatingSystem.IsWindows())
        {
            try
            {
                FileStream direct = new(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
                stream = direct.CanSeek ? null : direct;
            }
            catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
            {
                // A closed descriptor: the console's stream swallows what is written to it.
            }
        }
        return TextWriter.Synchronized(new StreamWriter(new ForgivingStream(stream ?? console(), forgives)) { AutoFlush = true });
    }
}
