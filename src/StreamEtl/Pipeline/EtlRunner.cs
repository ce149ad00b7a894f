using StreamEtl.Diagnostics;

namespace StreamEtl.Pipeline;

/// <summary>The engine's front door: runs one verb to its end.</summary>
public static class EtlRunner
{
    /// <summary>
    /// Runs a job. <paramref name="report"/> is filled while it runs, so that a failed run has one too; warnings go to
    /// <see cref="RunReport.Warnings"/>. Throws <see cref="Errors.StreamEtlException"/> for everything a user can mend, and
    /// <see cref="OperationCanceledException"/> when cancelled; in both cases nothing is left under the output's name or in the temp folder.
    /// </summary>
    public static Task RunAsync(JobOptions options, RunReport report, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        throw new NotSupportedException();
    }
}
