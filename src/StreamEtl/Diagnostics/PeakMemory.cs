using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace StreamEtl.Diagnostics;

/// <summary>The most memory that this process ever held.</summary>
public static class PeakMemory
{
    /// <summary>More than the kernel writes, and far more than stands before what is looked for.</summary>
    private const int StatusBytes = 4096;

    private static ReadOnlySpan<byte> Label => "VmHWM:"u8;

    /// <summary>Bytes resident at the peak, as the kernel counts them (VmHWM on Linux, the peak working set elsewhere).</summary>
    public static long Read()
    {
        const string Status = "/proc/self/status";
        if (OperatingSystem.IsLinux() && File.Exists(Status))
        {
            Span<byte> text = stackalloc byte[StatusBytes];
            using SafeFileHandle file = File.OpenHandle(Status);
            text = text[..RandomAccess.Read(file, text, 0)];
            int at = text.IndexOf(Label);
            if (at >= 0 && Utf8Parser.TryParse(text[(at + Label.Length)..].TrimStart(" \t"u8), out long kilobytes, out _))
            {
                return kilobytes * 1024;
            }
        }
        return PeakWorkingSet();
    }

    /// <summary>Apart, so that the assembly it is in is only loaded where it is needed.</summary>
    private static long PeakWorkingSet()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
