using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace StreamEtl.Storage;

/// <summary>
/// Named instants of the commit protocols at which a test can kill the process: <c>STREAMETL_CRASH_AT=name</c>, or <c>name:3</c> for the third time that it
/// gets there. The kill is that of the operating system: no <c>finally</c> runs, no buffer is flushed, no child is told. With <c>STREAMETL_STOP_AT</c> the process stops
/// instead, as SIGSTOP makes it, until somebody lets it go on.
/// </summary>
public static partial class CrashPoint
{
    private const int Stop = 19;

    private static readonly string? Name;
    private static readonly bool Stops;
    private static int _left;

    static CrashPoint()
    {
        string? setting = Environment.GetEnvironmentVariable("STREAMETL_CRASH_AT");
        if (string.IsNullOrEmpty(setting))
        {
            setting = OperatingSystem.IsLinux() ? Environment.GetEnvironmentVariable("STREAMETL_STOP_AT") : null;
            Stops = true;
        }
        if (string.IsNullOrEmpty(setting))
        {
            return;
        }
        int colon = setting.LastIndexOf(':');
        bool counted = int.TryParse(setting.AsSpan(colon + 1), CultureInfo.InvariantCulture, out _left) && colon >= 0;
        Name = counted ? setting[..colon] : setting;
        _left = counted ? _left : 1;
    }

    /// <summary>Marks the instant; costs one comparison when no test asks for any.</summary>
    public static void Reach(string name)
    {
        if (Name is not null && name == Name && Interlocked.Decrement(ref _left) == 0)
        {
            if (Stops)
            {
                // To this thread: one sent to the process may reach another first, and this one would run on meanwhile.
                _ = Raise(Stop);
                return;
            }
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    [LibraryImport("libc", EntryPoint = "raise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Raise(int signal);
}
