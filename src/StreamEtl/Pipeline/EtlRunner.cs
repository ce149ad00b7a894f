using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Pipeline;

/// <summary>The engine's front door: runs one verb to its end.</summary>
public static class EtlRunner
{
    /// <summary>
    /// Runs a job. <paramref name="report"/> is filled while it runs, so that a failed run has one too; warnings go to
    /// <see cref="RunReport.Warnings"/>. Throws <see cref="StreamEtlException"/> for everything a user can mend, and
    /// <see cref="OperationCanceledException"/> when cancelled; in both cases nothing is left under the output's name or in the temp folder.
    /// </summary>
    public static async Task RunAsync(
        JobOptions options,
        RunReport report,
        IProgress<RunProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        options = options with { Threads = FlowPlan.ThreadsFor(options.MemoryBytes, options.Threads) };
        var run = new RunContext(options, report, progress, cancellationToken);
        try
        {
            InputRules.Check(options);
            OutputRules.Check(options);
            Job job = NewJob(run);
            await using (job.ConfigureAwait(false))
            {
                await job.ExecuteAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            report.Status = "failed";
            report.Error = e.Message;
            throw;
        }
        finally
        {
            await run.Rejects.DisposeAsync().ConfigureAwait(false);
            run.FinishReport();
        }
        if (run.Pool.OutstandingLeases != 0)
        {
            throw new StreamEtlException(ErrorKind.Internal, $"{run.Pool.OutstandingLeases} buffers were not given back");
        }
    }

    private static Job NewJob(RunContext run) =>
        run.Options switch
        {
            ConvertOptions convert => new ConvertJob(run, convert),
            DedupeOptions dedupe => new DedupeJob(run, dedupe),
            ConsolidateOptions consolidate => new ConsolidateJob(run, consolidate),
            DiffOptions diff => new DiffJob(run, diff),
            IngestOptions ingest => new IngestJob(run, ingest),
            SchemaInferOptions infer => new SchemaInferJob(run, infer),
            SchemaValidateOptions validate => new SchemaValidateJob(run, validate),
            TableLogOptions log => new TableLogJob(run, log),
            TableFilesOptions files => new TableFilesJob(run, files),
            TableVerifyOptions verify => new TableVerifyJob(run, verify),
            TableCompactOptions compact => new TableCompactJob(run, compact),
            TableVacuumOptions vacuum => new TableVacuumJob(run, vacuum),
            _ => throw new StreamEtlException(ErrorKind.Internal, $"no job runs {run.Options.GetType().Name}"),
        };
}
