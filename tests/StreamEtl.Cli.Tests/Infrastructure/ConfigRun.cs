using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Infrastructure;

/// <summary>One <c>run CONFIG</c> in this process, with an engine of the test's own, and all that it said.</summary>
internal sealed record ConfigRun(int Status, string Output, string Error, IReadOnlyList<IngestOptions> Jobs)
{
    /// <summary>The lines of the log without their times.</summary>
    public string[] Log =>
        [.. Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => string.Join(" - ", l.Split(" - ").Skip(1)))];

    /// <summary>Runs. The engine gets the job and its report, and may throw.</summary>
    public static ConfigRun With(Func<IngestOptions, RunReport, Task>? engine, Func<string, string?>? variable, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        var jobs = new List<IngestOptions>();
        Host host = new()
        {
            OpenOutput = () => output,
            OpenError = () => error,
            InputIsTerminal = () => false,
            ErrorIsTerminal = () => false,
            Variable = variable ?? (_ => null),
            DefaultMemory = () => 1_000_000_000,
            LimitHeap = _ => { },
            ExpandGlob = Sources.PathGlob.Expand,
            Run = (_, _, _, _) => throw new InvalidOperationException("not for run"),
            RunTable = async (job, report, _, _) =>
            {
                lock (jobs)
                {
                    jobs.Add((IngestOptions)job);
                }
                if (engine is not null)
                {
                    await engine((IngestOptions)job, report);
                }
            },
        };
        int status = new Application(host).RunAsync(["run", .. arguments]).GetAwaiter().GetResult();
        return new ConfigRun(status, output.ToString(), error.ToString(), jobs);
    }

    public static JsonElement Report(TempFolder folder, string name) => JsonElement.Parse(folder.Read(name));
}
