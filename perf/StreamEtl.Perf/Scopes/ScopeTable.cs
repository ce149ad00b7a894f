using System.Globalization;
using System.Text;

namespace StreamEtl.Perf.Scopes;

/// <summary>Medians as a markdown table: a row for each scope, and for each number of threads wall time, bytes in a second and processor time.</summary>
internal sealed class ScopeTable(string path, int[] threads, int runs)
{
    private readonly Dictionary<(Scope, int), List<(double Wall, double Processor)>> _times = [];
    private readonly long _bytes = new FileInfo(path).Length;

    public void Add(Scope scope, int width, TimeSpan wall, TimeSpan processor)
    {
        if (!_times.TryGetValue((scope, width), out List<(double, double)>? times))
        {
            _times[(scope, width)] = times = [];
        }
        times.Add((wall.TotalSeconds, processor.TotalSeconds));
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"CPU: {ResultFolder.Cpu}, {Environment.ProcessorCount} cores. {Path.GetFileName(path)}, {_bytes / 1e6:F0} MB. .NET {Environment.Version}. Medians of {runs} run{(runs == 1 ? "" : "s")}.\n\n"
        );
        text.Append("Each scope does all that the ones above it do; \"stage\" is the processor time that it adds, on one thread.\n\n");
        text.Append("| scope |")
            .AppendJoin(" |", threads.Select(n => string.Create(CultureInfo.InvariantCulture, $" --threads {n}: s | GB/s | CPU s")))
            .Append(" | stage CPU s | of the whole |\n|")
            .AppendJoin("", Enumerable.Repeat("---|", (threads.Length * 3) + 3))
            .Append('\n');
        double former = 0;
        double whole = Median(Scope.Whole, threads[0], t => t.Processor);
        foreach (Scope scope in Enum.GetValues<Scope>())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Name(scope)} |");
            foreach (int width in threads)
            {
                double wall = Median(scope, width, t => t.Wall);
                text.Append(
                    CultureInfo.InvariantCulture,
                    $" {wall:F2} | {_bytes / wall / 1e9:F2} | {Median(scope, width, t => t.Processor):F2} |"
                );
            }
            double now = Median(scope, threads[0], t => t.Processor);
            text.Append(CultureInfo.InvariantCulture, $" {now - former:F2} | {(now - former) / whole * 100:F0} % |\n");
            former = now;
        }
        return text.ToString();
    }

    private static string Name(Scope scope) =>
        scope is Scope.Memcpy or Scope.Frame or Scope.Whole
            ? scope.ToString().ToLowerInvariant()
            : $"+{scope.ToString().ToLowerInvariant()}";

    private double Median(Scope scope, int width, Func<(double Wall, double Processor), double> what)
    {
        double[] sorted = [.. _times[(scope, width)].Select(what).Order()];
        return sorted[sorted.Length / 2];
    }
}
