using System.Buffers.Text;

namespace StreamEtl.Cli.Runtime;

/// <summary>What the process holds, as the kernel counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>The most bytes of physical memory that the process ever held: <c>VmHWM</c> on Linux, else what .NET knows of it.</summary>
    public static long Peak()
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                ReadOnlySpan<byte> status = File.ReadAllBytes("/proc/self/status");
                int at = status.IndexOf("VmHWM:"u8);
                if (at >= 0 && Utf8Parser.TryParse(status[(at + 6)..].TrimStart(" \t"u8), out long kibibytes, out _))
                {
                    return kibibytes * 1024;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // No /proc in this container: fall through to what .NET knows.
            }
        }
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
