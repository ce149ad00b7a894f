using System.Diagnostics;
using System.Globalization;

namespace StreamEtl.Cli.Tests.Infrastructure;

/// <summary>A process that outlasts our patience: what it was told, and what each of its threads does, are all that a log of a gate can keep of it.</summary>
internal static class StuckProcess
{
    /// <summary>Waits for the end. A process that does not end in time is killed, and the test fails with what was seen of it.</summary>
    public static void RequireEnd(Process process, TimeSpan patience)
    {
        if (process.WaitForExit(patience))
        {
            return;
        }
        string seen = Describe(process.Id);
        process.Kill(entireProcessTree: true);
        throw new TimeoutException(
            string.Create(CultureInfo.InvariantCulture, $"streametl did not end in {patience.TotalSeconds} s: {seen}")
        );
    }

    /// <summary>Linux: the command line, and of each thread its name, its state, where the kernel has it wait, and its processor time in hundredths of a second.</summary>
    private static string Describe(int process)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var lines = new List<string> { Read($"{folder}/cmdline").Replace('\0', ' ') };
        foreach (string thread in Directory.Exists(folder) ? Directory.GetDirectories($"{folder}/task") : [])
        {
            // proc(5): behind the name in parentheses come the state, and as the twelfth and thirteenth field the times.
            string stat = Read($"{thread}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string state = fields.Length > 12 ? $"{fields[0]} {fields[11]}+{fields[12]}" : "gone";
            lines.Add($"{Read($"{thread}/comm").Trim()}: {state} {Read($"{thread}/wchan")} {Read($"{thread}/syscall").Trim()}");
        }
        return string.Join(Environment.NewLine, lines);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
