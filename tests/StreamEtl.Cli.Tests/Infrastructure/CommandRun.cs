using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Infrastructure;

/// <summary>One command line run in this process with an engine of the test's own, and all that it said.</summary>
public sealed class CommandRun
{
    private CommandRun(int status, string output, string error, JobOptions? job) =>
        (Status, Output, Error, Job) = (status, output, error, job);

    public int Status { get; }

    public string Output { get; }

    public string Error { get; }

    /// <summary>What the engine was asked to do; null when it was not called.</summary>
    public JobOptions? Job { get; }

    public T JobAs<T>()
        where T : JobOptions => Assert.IsType<T>(Job);

    public static CommandRun Of(params string[] arguments) => With(null, arguments);

    /// <summary>Runs with an engine that fills the report, or throws.</summary>
    public static CommandRun With(Action<RunReport>? engine, params string[] arguments) => With(new Surroundings(), engine, arguments);

    internal static CommandRun With(Surroundings surroundings, Action<RunReport>? engine, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        JobOptions? seen = null;
        Host host = new()
        {
            OpenOutput = () => output,
            OpenError = () => error,
            InputIsTerminal = () => surroundings.InputIsTerminal,
            ErrorIsTerminal = () => surroundings.ErrorIsTerminal,
            TerminalWidth = () => 80,
            Variable = name => surroundings.Variables.GetValueOrDefault(name),
            DefaultMemory = () => 1_000_000_000,
            ExpandGlob = pattern => pattern == "*.csv" ? ["a.csv", "b.csv"] : [pattern],
            ReadSchema = _ => [new Types.Field("id", Types.ColumnType.Integer)],
            LimitHeap = static _ => { },
            Run = (job, report, progress, _) =>
            {
                seen = job;
                foreach (RunProgress moment in surroundings.Moments)
                {
                    progress?.Report(moment);
                }
                engine?.Invoke(report);
                return Task.CompletedTask;
            },
        };
        int status = new Application(host).RunAsync(arguments).GetAwaiter().GetResult();
        return new CommandRun(status, output.ToString(), error.ToString(), seen);
    }
}
