using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Reporting;
using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Verbs;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Runtime;

/// <summary>Runs one job and tells of it: progress while it runs, then summary or error, the report, the exit status.</summary>
internal sealed class JobRunner(Host host, RunSettings settings)
{
    private readonly Messages _messages = settings.Messages;

    /// <summary>Runs the job; the result is the exit status. <paramref name="changesMatter"/> is <c>diff --exit-code</c>.</summary>
    public async Task<int> RunAsync(Verb verb, JobOptions job, bool changesMatter)
    {
        ReportFile? file = settings.Report is { } path ? new ReportFile(path) : null;
        RunReport report = new() { Verb = verb.Name };
        long start = Environment.TickCount64;
        if (_messages.Logs)
        {
            _messages.Log(
                LogLevel.Info,
                $"{verb.Name}: memory {ByteSize.Format(job.MemoryBytes)}, threads {job.Threads}, temp {job.TempDirectory}, version {EngineVersion.Number}"
            );
        }
        int status = await RunEngineAsync(verb, job, report).ConfigureAwait(false);
        if (status == ExitCode.Done && report.RowsRejected > 0)
        {
            status = ExitCode.Rejected;
        }
        else if (status == ExitCode.Done && changesMatter && report.Inserts + report.Updates + report.Deletes > 0)
        {
            status = ExitCode.Changes;
        }
        report.PeakMemoryBytes = PeakMemory.Read();
        if (report.Seconds <= 0)
        {
            report.Seconds = (Environment.TickCount64 - start) / 1000.0;
        }
        if (report.Status == "completed")
        {
            RunSummary.Write(report, job, _messages);
        }
        if (
            file is not null
            && !await file.TryWriteAsync(ReportJson.Write(report), host, _messages).ConfigureAwait(false)
            && status is ExitCode.Done or ExitCode.Changes
        )
        {
            status = ExitCode.Failed;
        }
        return status;
    }

    /// <summary>Writes the report of a run that failed before it began, if one is wanted.</summary>
    public static async Task ReportFailureAsync(Verb verb, RunSettings settings, string error, Host host)
    {
        if (settings.Report is not { } path || ReportFile.Refusal(path, host.Places) is not null)
        {
            return;
        }
        RunReport report = new() { Verb = verb.Name, PeakMemoryBytes = PeakMemory.Read() };
        Fail(report, error);
        await new ReportFile(path).TryWriteAsync(ReportJson.Write(report), host, settings.Messages).ConfigureAwait(false);
    }

    private async Task<int> RunEngineAsync(Verb verb, JobOptions job, RunReport report)
    {
        using Interrupts interrupts = new(() => _messages.Log(LogLevel.Info, "interrupted: cleaning up; a second signal ends at once"));
        try
        {
            using ProgressDisplay? progress =
                settings.Progress == ProgressMode.None
                    ? null
                    : new ProgressDisplay(settings.Progress, host.OpenError(), () => RunSettings.Width(host), _messages.Say);
            var journey = new JourneyRun(host, settings.Journeys) { Engine = host.Run, Told = _messages.Say };
            await journey.RunAsync(verb.Name, job, report, progress, interrupts.Token).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (Exception e) when (Find<StreamEtlException>(e) is { Kind: ErrorKind.BrokenPipe } && job.Output == "-")
        {
            // Whoever reads has seen enough, as head does: that is no fault.
            Fail(report, "the reader of standard output went away");
            return ExitCode.Done;
        }
        catch (Exception e) when (interrupts.ExitStatus is not null && Find<OperationCanceledException>(e) is not null)
        {
            Fail(report, "interrupted");
            _messages.Error(new ErrorText(ErrorKind.Internal, "interrupted; nothing half-written is left"));
            return interrupts.ExitStatus.Value;
        }
        // Whatever the engine throws becomes a message and an exit status here, and only here.
        catch (Exception e)
        {
            Exception cause = Find<StreamEtlException>(e) ?? (e is AggregateException a ? a.Flatten().InnerExceptions[0] : e);
            ErrorText text = ErrorText.From(cause, settings.Debug);
            Fail(report, text.Line);
            foreach (string warning in report.Warnings)
            {
                _messages.Warn(warning);
            }
            _messages.Error(text);
            return cause is OutOfMemoryException ? ExitCode.Failed : StatusOf(text.Kind, job);
        }
    }

    private static void Fail(RunReport report, string error)
    {
        report.Status = "failed";
        report.Error = error;
    }

    /// <summary>A column or a size that the command line got wrong is its fault; against a schema, a missing column is the data's.</summary>
    private static int StatusOf(ErrorKind kind, JobOptions job) =>
        kind switch
        {
            ErrorKind.ColumnNotFound when job is SchemaValidateOptions => ExitCode.Failed,
            ErrorKind.Usage or ErrorKind.ColumnNotFound or ErrorKind.MemoryTooSmall => ExitCode.Usage,
            _ => ExitCode.Failed,
        };

    private static T? Find<T>(Exception e)
        where T : Exception =>
        e switch
        {
            T found => found,
            AggregateException many => many.Flatten().InnerExceptions.OfType<T>().FirstOrDefault(),
            _ => null,
        };
}
