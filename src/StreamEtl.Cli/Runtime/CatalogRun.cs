using System.Text.Json;
using StreamEtl.Cli.Reporting;
using StreamEtl.Connectors.Glue;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Parquet;
using StreamEtl.Pipeline;
using StreamEtl.Storage;

namespace StreamEtl.Cli.Runtime;

/// <summary>
/// A consolidation into a partition of a table of the catalog, in steps that are done once each: <c>locate</c> the table, <c>write</c> one Parquet file into the partition's folder,
/// <c>register</c> the partition. The file is visible before the partition is: readers who go by the catalog see it when it is whole.
/// </summary>
internal sealed class CatalogRun(Host host, Func<JobOptions, RunReport, IProgress<RunProgress>?, CancellationToken, Task> engine)
{
    /// <summary>The first step.</summary>
    public const string FirstStep = "locate";

    /// <summary>The step that makes the output.</summary>
    public const string WriteStep = "write";

    /// <summary>Does one step, unless it is on record as done; the result is the step's.</summary>
    public delegate Task<JsonElement> StepRunner(string name, Func<CancellationToken, Task<JsonElement>> work);

    /// <summary>Runs the steps and fills the report.</summary>
    public async Task RunAsync(
        ConsolidateOptions job,
        RunReport report,
        IProgress<RunProgress>? progress,
        StepRunner step,
        CancellationToken cancellationToken
    )
    {
        using var catalog = new GlueCatalog(host.Variable);
        (string Name, string Value)[] partition = [.. job.Partition.Select(Split)];
        JsonElement located = await step(
                FirstStep,
                async token =>
                {
                    GlueTable found = await catalog.GetTableAsync(job.Database!, job.Table!, token).ConfigureAwait(false);
                    Check(found, partition);
                    return Answer(w =>
                    {
                        w.WriteString("location", found.Location);
                        w.WriteStartArray("keys");
                        found.PartitionKeys.ToList().ForEach(w.WriteStringValue);
                        w.WriteEndArray();
                    });
                }
            )
            .ConfigureAwait(false);
        string[] keys = [.. located.GetProperty("keys").EnumerateArray().Select(k => k.GetString()!)];
        var table = new GlueTable(job.Database!, job.Table!, located.GetProperty("location").GetString()!, keys);
        (string Name, string? Value)[] ordered =
        [
            .. keys.Select(k => (k, (string?)partition.First(p => p.Name.Equals(k, StringComparison.OrdinalIgnoreCase)).Value)),
        ];
        string folder = $"{table.Location}/{HivePath.Of(ordered)}";
        JsonElement written = await step(WriteStep, token => WriteAsync(job, folder, keys, report, progress, token)).ConfigureAwait(false);
        if (report.Outputs.Count == 0)
        {
            // Another process wrote it, and died before the end.
            ReportJson.Read(written, report);
        }
        var registered = new GluePartition([.. ordered.Select(p => p.Value!)], folder, report.Schema);
        await step(
                "register",
                async token =>
                {
                    (int created, int updated) = await catalog.RegisterAsync(table, [registered], token).ConfigureAwait(false);
                    return Answer(w =>
                    {
                        w.WriteNumber("created", created);
                        w.WriteNumber("updated", updated);
                    });
                }
            )
            .ConfigureAwait(false);
    }

    /// <summary>Where the one file of a partition is: always under the same name, so that the next consolidation of the partition replaces it.</summary>
    public static string FileIn(string folder, string table) => $"{folder}{table}.snappy.parquet";

    private async Task<JsonElement> WriteAsync(
        ConsolidateOptions job,
        string folder,
        string[] keys,
        RunReport report,
        IProgress<RunProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (!StorePath.IsOne(folder))
        {
            Directory.CreateDirectory(folder);
        }
        ConsolidateOptions writing = job with
        {
            Output = FileIn(folder, job.Table!),
            To = "parquet",
            Compression = CompressionCodec.Snappy,
            // The folder says them: a catalog refuses a column that is a partition key as well.
            Unwritten = keys,
        };
        await engine(writing, report, progress, cancellationToken).ConfigureAwait(false);
        return JsonElement.Parse(ReportJson.WriteShort(report, static text => text));
    }

    private static void Check(GlueTable table, (string Name, string Value)[] partition)
    {
        if (table.Location.Length == 0)
        {
            throw new StreamEtlException(ErrorKind.Usage, $"the catalog knows no location of table '{table.Name}'");
        }
        string[] given = [.. partition.Select(p => p.Name.ToLowerInvariant()).Order(StringComparer.Ordinal)];
        string[] wanted = [.. table.PartitionKeys.Select(k => k.ToLowerInvariant()).Order(StringComparer.Ordinal)];
        if (!given.SequenceEqual(wanted, StringComparer.Ordinal))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"the partition keys of table '{table.Name}' are {string.Join(", ", table.PartitionKeys)}, and --partition names {string.Join(", ", partition.Select(p => p.Name))}",
                hint: "--partition " + string.Join(" --partition ", table.PartitionKeys.Select(k => k + "=VALUE"))
            );
        }
    }

    private static (string Name, string Value) Split(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        return (text[..at], text[(at + 1)..]);
    }

    private static JsonElement Answer(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
