using System.Globalization;
using System.Text.Json;
using StreamEtl.Cli.Reporting;
using StreamEtl.Connectors.Journeys;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Runtime;

/// <summary>Runs a job of the engine as a journey, where it is one.</summary>
internal sealed class JourneyRun(Host host, JourneySettings settings)
{
    private readonly InputIdentity _identity = new(host.Places);
    private readonly CongregadoRun _congregado = new(host);

    /// <summary>The engine.</summary>
    public required Func<JobOptions, RunReport, IProgress<RunProgress>?, CancellationToken, Task> Engine { get; init; }

    /// <summary>Told what is waited for and tried again, in words for people.</summary>
    public required Action<string> Told { get; init; }

    /// <summary>Keeps secrets out of what is stored.</summary>
    public Func<string, string> Mask { get; init; } = static text => text;

    /// <summary>Runs the job, or fills the report from what is stored of it. <paramref name="name"/> is the verb's.</summary>
    public async Task RunAsync(
        string name,
        JobOptions job,
        RunReport report,
        IProgress<RunProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        job = CongregadoRun.Sampling(job);
        if (
            settings.Store is not { } storeName
            || await JourneyParameters.OfAsync(job, _identity, [], cancellationToken).ConfigureAwait(false) is not { } parameters
        )
        {
            await PlainAsync(job, report, progress, cancellationToken).ConfigureAwait(false);
            return;
        }
        var request = new JourneyRequest
        {
            Job = name,
            FirstStep =
                IsCatalogued(job) ? CatalogRun.FirstStep
                : IsSampled(job) ? CatalogRun.WriteStep
                : name,
            Parameters = parameters,
            Command = settings.Command,
            Folder = Directory.GetCurrentDirectory(),
            StillHolds = (result, token) => StillHoldsAsync(job, result, token),
        };
        IJourneyStore store = JourneyStores.Open(storeName, host.Variable, host.Time);
        await using (store.ConfigureAwait(false))
        {
            bool began = false;
            try
            {
                JourneyOutcome outcome = await new JourneyRunner(store, settings.Rules, host.Time) { Told = Told, Mask = Mask }
                    .RunAsync(
                        request,
                        async (lease, token) =>
                        {
                            began = true;
                            return await WorkAsync(lease, job, report, progress, token).ConfigureAwait(false);
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                Fill(report, outcome, store);
            }
            catch (StreamEtlException e) when (!began && !settings.IsNamed && e.Kind is ErrorKind.Io or ErrorKind.InputNotFound)
            {
                // Nobody asked for a record, so that there can be none is no reason to do nothing.
                Told($"no journey is kept: {e.Reason}");
                await PlainAsync(job, report, progress, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsCatalogued(JobOptions job) => job is ConsolidateOptions { Partition.Count: > 0 };

    private static bool IsSampled(JobOptions job) => job is ConsolidateOptions { Sample: not null };

    /// <summary>The job without a record.</summary>
    private Task PlainAsync(JobOptions job, RunReport report, IProgress<RunProgress>? progress, CancellationToken cancellationToken) =>
        StepsAsync(job, report, progress, (_, work) => work(cancellationToken), _ => ValueTask.CompletedTask, cancellationToken);

    /// <summary>The job; the result is its report, and what its files are.</summary>
    private async Task<JsonElement> WorkAsync(
        JourneyLease lease,
        JobOptions job,
        RunReport report,
        IProgress<RunProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        report.Clear();
        await StepsAsync(
                job with
                {
                    BeforeCommit = lease.EnsureAsync,
                },
                report,
                progress,
                (step, work) =>
                    lease.StepAsync(step, work, cancellationToken, step == CatalogRun.WriteStep ? _ => NeedsNoSample(lease, job) : null),
                lease.EnsureAsync,
                cancellationToken
            )
            .ConfigureAwait(false);
        return await ResultAsync(job, report, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What another process wrote has to be written again, the same to the same place, when that process died before it could store what it remembered of it.</summary>
    private static bool NeedsNoSample(JourneyLease lease, JobOptions job) =>
        job is not ConsolidateOptions { Sample.IsComplete: false } || lease.Record.Steps.Any(s => s.Name == CongregadoRun.Step);

    /// <summary>The job, in steps where it has some.</summary>
    private async Task StepsAsync(
        JobOptions job,
        RunReport report,
        IProgress<RunProgress>? progress,
        CatalogRun.StepRunner step,
        Func<CancellationToken, ValueTask> ensure,
        CancellationToken cancellationToken
    )
    {
        if (job is not ConsolidateOptions consolidate || !(IsCatalogued(job) || IsSampled(job)))
        {
            await Engine(job, report, progress, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (IsSampled(job))
        {
            await _congregado.CheckAsync(consolidate, cancellationToken).ConfigureAwait(false);
        }
        if (IsCatalogued(job))
        {
            await new CatalogRun(host, Engine).RunAsync(consolidate, report, progress, step, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            JsonElement written = await step(
                    CatalogRun.WriteStep,
                    async token =>
                    {
                        await Engine(job, report, progress, token).ConfigureAwait(false);
                        return JsonElement.Parse(ReportJson.WriteShort(report, Mask));
                    }
                )
                .ConfigureAwait(false);
            if (report.Outputs.Count == 0)
            {
                ReportJson.Read(written, report);
            }
        }
        if (IsSampled(job))
        {
            report.Congregado = CongregadoRun.Read(
                await step(CongregadoRun.Step, token => _congregado.StoreAsync(consolidate, ensure, token)).ConfigureAwait(false)
            );
        }
    }

    private async Task<JsonElement> ResultAsync(JobOptions job, RunReport report, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var writer = new Utf8JsonWriter(buffer);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("day", Today());
            writer.WriteStartArray("files");
            string?[] files =
            [
                IsCatalogued(job) ? report.Outputs[0].Path
                : job is ConsolidateOptions ? job.Output
                : null,
                job.RejectsPath,
            ];
            foreach (string? path in files.Where(f => f is not null))
            {
                await _identity.WriteOutputAsync(writer, path!, Mask, cancellationToken).ConfigureAwait(false);
            }
            writer.WriteEndArray();
            writer.WritePropertyName("report");
            writer.WriteRawValue(ReportJson.WriteShort(report, Mask));
            writer.WriteEndObject();
        }
        using JsonDocument document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    private string Today() => host.Time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>
    /// A stored result stands as long as the files that it speaks of are as the journey left them. That of <c>ingest</c> stands when it says that the input changes nothing in the table at its
    /// present version, and only today: after another run, or under another date of ingestion, the same input may well change something.
    /// </summary>
    private async ValueTask<bool> StillHoldsAsync(JobOptions job, JsonElement result, CancellationToken cancellationToken)
    {
        if (!result.TryGetProperty("files", out JsonElement files) || !result.TryGetProperty("report", out JsonElement report))
        {
            return false;
        }
        foreach (JsonElement file in files.EnumerateArray())
        {
            if (!await _identity.IsStillAsync(file, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }
        if (job is ConsolidateOptions { Congregado: not null } consolidate)
        {
            return await _congregado.IsThereAsync(consolidate, cancellationToken).ConfigureAwait(false);
        }
        return job is not IngestOptions ingest
            || (
                report.GetProperty("nothing_to_do").GetBoolean()
                && result.GetProperty("day").GetString() == Today()
                && report.GetProperty("table_version").TryGetInt64(out long version)
                && await _identity.NewestAsync(ingest.Into, ingest.Table, cancellationToken).ConfigureAwait(false) == version
            );
    }

    private static void Fill(RunReport report, JourneyOutcome outcome, IJourneyStore store)
    {
        if (outcome.Returned)
        {
            ReportJson.Read(outcome.Result.GetProperty("report"), report);
        }
        report.Journey = new JourneyReport(outcome.Record.Key, store.Name, outcome.Returned, outcome.TookOver, outcome.Record.RetryCount);
    }
}
