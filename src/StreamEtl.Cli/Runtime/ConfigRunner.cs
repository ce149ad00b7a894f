using System.Globalization;
using System.Security.Cryptography;
using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Reporting;
using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Verbs;
using StreamEtl.Connectors.Scheduling;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Runtime;

/// <summary>Runs a config once, or as a schedule says: several tables at once, one log, one report, one exit status.</summary>
internal sealed class ConfigRunner(Host host, RunPlan plan, Messages messages)
{
    /// <summary>Longer waits are made of several, so that a clock that is set, or a machine that slept, is noticed.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly ReportFile? _report = plan.Report is { } path ? new ReportFile(path) : null;

    /// <summary>Runs; the result is the exit status. Under a schedule only a signal ends it.</summary>
    public async Task<int> RunAsync(RunSchedule? schedule)
    {
        if (plan.Report is { } path && ReportFile.Refusal(path, host.Places) is { } refusal)
        {
            throw refusal;
        }
        host.LimitHeap(plan.Memory);
        using Interrupts interrupts = new(() => messages.Log(LogLevel.Info, "interrupted: cleaning up; a second signal ends at once"));
        if (schedule is null)
        {
            return await RunOnceAsync(watching: false, interrupts).ConfigureAwait(false);
        }
        DateTimeOffset origin = host.Time.GetUtcNow();
        bool now = schedule.StartsAtOnce;
        while (true)
        {
            if (now)
            {
                await RunOnceAsync(watching: true, interrupts).ConfigureAwait(false);
            }
            now = true;
            DateTimeOffset next = schedule.Next(origin, host.Time.GetUtcNow());
            if (interrupts.ExitStatus is null)
            {
                messages.Log(
                    LogLevel.Info,
                    $"next run at {next.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}"
                );
            }
            if (!await WaitAsync(next, interrupts.Token).ConfigureAwait(false))
            {
                messages.Log(LogLevel.Info, "stopped");
                return interrupts.ExitStatus ?? ExitCode.Done;
            }
        }
    }

    private async Task<bool> WaitAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan left = until - host.Time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return true;
            }
            TimeSpan wait = left < LongestWait ? left : LongestWait;
            await Task.Delay(wait, host.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return false;
    }

    private async Task<int> RunOnceAsync(bool watching, Interrupts interrupts)
    {
        using RunLock? held = TakeLock(out string owner);
        if (held is null)
        {
            string text = $"this config is running already: {owner}";
            if (watching)
            {
                messages.Warn(text + "; this run is left out");
            }
            else
            {
                messages.Error(new ErrorText(ErrorKind.Usage, text, Hint: "nothing was started; wait for it to end"));
            }
            return ExitCode.Failed;
        }
        if (held.TakenFrom is { } dead)
        {
            messages.Warn($"took over the lock of a run that ended without giving it back: {dead}");
        }
        var whole = new RunReport { Verb = RunVerb.Name };
        long start = Environment.TickCount64;
        ResourceShares shares = plan.Divide();
        messages.Log(
            LogLevel.Info,
            $"{(plan.Tables.Count == 1 ? "1 table" : $"{plan.Tables.Count} tables")}, {shares.Slots} at once, memory {ByteSize.Format(plan.Memory)}, threads {plan.Threads}, version {EngineVersion.Number}"
        );
        TableRun[] runs = [.. plan.Tables.Select(t => new TableRun(host, plan, t.Table, t.Job, messages))];
        await Parallel
            .ForEachAsync(
                runs,
                new ParallelOptions { MaxDegreeOfParallelism = shares.Slots },
                async (run, _) =>
                {
                    ResourceShare share = shares.Take();
                    try
                    {
                        await run.RunAsync(share, interrupts.Token).ConfigureAwait(false);
                    }
                    finally
                    {
                        shares.Return(share);
                    }
                }
            )
            .ConfigureAwait(false);
        whole.Seconds = (Environment.TickCount64 - start) / 1000.0;
        whole.PeakMemoryBytes = PeakMemory.Read();
        return await FinishAsync(whole, runs, interrupts.ExitStatus).ConfigureAwait(false);
    }

    private async Task<int> FinishAsync(RunReport whole, TableRun[] runs, int? interrupted)
    {
        string[] failed = [.. runs.Where(r => r.Report.Status != "completed").Select(r => r.Name)];
        RunTotals.Add(whole, runs.Select(r => (r.Name, r.Report)));
        int status =
            failed.Length > 0 ? ExitCode.Failed
            : whole.RowsRejected > 0 ? ExitCode.Rejected
            : ExitCode.Done;
        if (failed.Length > 0)
        {
            whole.Status = "failed";
            whole.Error = interrupted is null
                ? $"{failed.Length} of {runs.Length} tables failed: {string.Join(", ", failed)}"
                : "interrupted";
        }
        string end = string.Create(
            CultureInfo.InvariantCulture,
            $"{runs.Length - failed.Length} of {runs.Length} tables done, {whole.RowsRead:N0} rows read, {whole.Seconds:0.0} s, peak {ByteSize.Format(whole.PeakMemoryBytes)}"
        );
        if (interrupted is not null)
        {
            messages.Log(LogLevel.Info, "interrupted; nothing half-written is left: " + end);
        }
        else if (failed.Length > 0)
        {
            messages.Log(LogLevel.Error, $"{whole.Error} ({end})");
        }
        else
        {
            messages.Log(LogLevel.Info, end);
        }
        bool told =
            _report is null
            || await _report
                .TryWriteAsync(ReportJson.Write(whole, plan.Mask.Apply, [.. runs.Select(r => (r.Name, r.Report))]), host, messages)
                .ConfigureAwait(false);
        return interrupted ?? (told ? status : ExitCode.Failed);
    }

    /// <summary>Beside the config; where that folder is not ours to write in, in the system's folder for temporary files.</summary>
    private RunLock? TakeLock(out string owner)
    {
        try
        {
            return RunLock.TryTake(plan.Config.Lock ?? plan.Config.Path + ".lock", out owner);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.Io && plan.Config.Lock is null)
        {
            byte[] name = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Path.GetFullPath(plan.Config.Path)));
            return RunLock.TryTake(
                Path.Combine(Path.GetTempPath(), $"streametl-{Convert.ToHexStringLower(name.AsSpan(0, 8))}.lock"),
                out owner
            );
        }
    }
}
