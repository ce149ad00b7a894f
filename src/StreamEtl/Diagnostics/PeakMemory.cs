using System.Diagnostics;
using System.Globalization;

namespace StreamEtl.Diagnostics;

/// <summary>The most memory that this process ever held.</summary>
public static class PeakMemory
{
    private const string Label = "VmHWM:";

    /// <summary>Bytes resident at the peak, as the kernel counts them (VmHWM on Linux, the peak working set elsewhere).</summary>
    public static long Read()
    {
        const string Status = "/proc/self/status";
        if (OperatingSystem.IsLinux() && File.Exists(Status))
        {
            foreach (string line in File.ReadLines(Status))
            {
                if (line.StartsWith(Label, StringComparison.Ordinal))
                {
                    ReadOnlySpan<char> number = line.AsSpan(Label.Length).Trim();
                    return long.Parse(number[..number.IndexOf(' ')], CultureInfo.InvariantCulture) * 1024;
                }
            }
        }
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
