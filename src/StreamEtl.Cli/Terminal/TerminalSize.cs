using System.Runtime.InteropServices;

namespace StreamEtl.Cli.Terminal;

/// <summary>Asks how wide the terminal is. <c>Console.WindowWidth</c> would set up the terminal for reading keys first, and not set it back.</summary>
internal static partial class TerminalSize
{
    private const int StandardError = 2;
    private const nuint GetWindowSize = 0x5413;

    /// <summary>Columns of the terminal behind standard error; 0 when unknown.</summary>
    public static int Columns()
    {
        if (OperatingSystem.IsLinux())
        {
            return Ioctl(StandardError, GetWindowSize, out WindowSize size) == 0 ? size.Columns : 0;
        }
        return OperatingSystem.IsWindows() ? Console.WindowWidth : 0;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int descriptor, nuint request, out WindowSize size);

    /// <summary><c>struct winsize</c> of ioctl_tty(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct WindowSize
    {
        public readonly ushort Rows;
        public readonly ushort Columns;
        public readonly ushort Width;
        public readonly ushort Height;
    }
}
