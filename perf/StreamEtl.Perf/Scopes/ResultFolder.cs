using System.Text.RegularExpressions;

namespace StreamEtl.Perf.Scopes;

/// <summary>perf/results/CPU of this repository: where committed results lie, named as measure.py names it.</summary>
internal static partial class ResultFolder
{
    /// <summary>The processor as the kernel names it.</summary>
    public static string Cpu { get; } =
        ModelName().Match(File.ReadAllText("/proc/cpuinfo")) is { Success: true } m ? m.Groups["name"].Value.Trim() : "unknown";

    /// <summary>The path of a result file; its folder is there.</summary>
    public static string Of(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StreamEtl.sln")))
        {
            folder = folder.Parent;
        }
        string name = NotInNames().Replace(Cpu, "-").Trim('-');
        string results = Path.Combine(
            folder?.FullName ?? throw new InvalidOperationException("run this from a checkout"),
            "perf",
            "results",
            name
        );
        return Path.Combine(Directory.CreateDirectory(results).FullName, file);
    }

    [GeneratedRegex("^model name\\s*: (?<name>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ModelName();

    [GeneratedRegex("[^A-Za-z0-9.]+")]
    private static partial Regex NotInNames();
}
