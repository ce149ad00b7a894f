using System.Text.Json;
using StreamEtl.Connectors.Congregados;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Runtime;

/// <summary>The summary that a consolidation leaves of itself, where one is wanted: a sample is taken while the output is written, and stored once that stands.</summary>
internal sealed class CongregadoRun(Host host)
{
    /// <summary>The last step of a consolidation that leaves one.</summary>
    public const string Step = "congregado";

    /// <summary>Bytes of JSON that are kept of the first rows: far more than an item holds.</summary>
    private const int SampleBytes = 4 << 20;

    /// <summary>The job, with a sample to be filled when one is wanted.</summary>
    public static JobOptions Sampling(JobOptions job) =>
        job is ConsolidateOptions { Congregado: not null } consolidate
            ? consolidate with
            {
                Sample = new RowSample(Congregado.MostSample, SampleBytes),
            }
            : job;

    /// <summary>Finds out before any work is done whether the store can be reached and the item is free for this table.</summary>
    public async Task CheckAsync(ConsolidateOptions job, CancellationToken cancellationToken)
    {
        ICongregadoStore store = Open(job);
        await using (store.ConfigureAwait(false))
        {
            await CongregadoRecorder.CheckAsync(store, job.Database!, job.Table!, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stores it, unless the same is stored; the result is what <see cref="Read"/> reads.</summary>
    public async Task<JsonElement> StoreAsync(
        ConsolidateOptions job,
        Func<CancellationToken, ValueTask> beforeWrite,
        CancellationToken cancellationToken
    )
    {
        RowSample sample = job.Sample!;
        var congregado = Congregado.Of(
            new CongregadoFacts
            {
                Database = job.Database!,
                Table = job.Table!,
                Keys = job.Key,
                Decisions = [.. job.Decide.Select(d => d.Descending ? d.Column + ":desc" : d.Column)],
                Origins = [.. job.Origins.Select(o => o.Name)],
                RecordCount = sample.Count,
                RowsDigest = sample.Digest,
                FirstRows = sample.Rows,
            }
        );
        ICongregadoStore store = Open(job);
        await using (store.ConfigureAwait(false))
        {
            CongregadoOutcome outcome = await CongregadoRecorder
                .StoreAsync(store, congregado, host.Time, beforeWrite, cancellationToken)
                .ConfigureAwait(false);
            var report = new CongregadoReport(congregado.Id, store.Name, congregado.Key, congregado.SampleCount, outcome.Returned);
            using var buffer = new MemoryStream();
            var writer = new Utf8JsonWriter(buffer);
            await using (writer.ConfigureAwait(false))
            {
                Write(writer, report);
            }
            return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }
    }

    /// <summary>Whether there is an item of the job's table, of whatever content.</summary>
    public async ValueTask<bool> IsThereAsync(ConsolidateOptions job, CancellationToken cancellationToken)
    {
        ICongregadoStore store = Open(job);
        await using (store.ConfigureAwait(false))
        {
            return await store.FindAsync(Congregado.IdOf(job.Database!, job.Table!), cancellationToken).ConfigureAwait(false) is not null;
        }
    }

    /// <summary>Writes what a report says of it, an object.</summary>
    public static void Write(Utf8JsonWriter writer, CongregadoReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("id", report.Id);
        writer.WriteString("store", report.Store);
        writer.WriteString("idempotency_key", report.Key);
        writer.WriteNumber("sample", report.Sample);
        writer.WriteBoolean("returned", report.Returned);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static CongregadoReport Read(JsonElement json) =>
        new(
            json.GetProperty("id").GetString()!,
            json.GetProperty("store").GetString()!,
            json.GetProperty("idempotency_key").GetString()!,
            json.GetProperty("sample").GetInt32(),
            json.GetProperty("returned").GetBoolean()
        );

    private ICongregadoStore Open(ConsolidateOptions job) => CongregadoStores.Open(job.Congregado!, host.Variable);
}
