using System.Globalization;
using System.Text.Json;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table log</c>.</summary>
internal sealed class TableLogJob(RunContext run, TableLogOptions options) : TableCareJob(run, options)
{
    /// <inheritdoc/>
    protected override async Task TendAsync(TableLog log, Utf8JsonWriter json, List<string> lines)
    {
        var text = new TextTable("version", "made", "mode", "rows", "inserts", "updates", "deletes", "unchanged", "files", "bytes", "");
        foreach (long version in await log.VersionsAsync(Run.CancellationToken).ConfigureAwait(false))
        {
            CommitRecord record = await TableFinder.ReadAsync(log, version, Run.CancellationToken).ConfigureAwait(false);
            bool readable = await TableFinder.MissingAsync(log.Store, record, Run.CancellationToken).ConfigureAwait(false) is null;
            CommitCounts counts = record.Counts;
            text.Add(
                version,
                record.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                CommitJson.Name(record.Mode),
                counts.Rows,
                counts.Inserts,
                counts.Updates,
                counts.Deletes,
                counts.Unchanged,
                record.Files.Count,
                record.Files.Sum(f => f.Bytes) + record.Ledger.Sum(l => l.Bytes),
                readable ? "" : "vacuumed"
            );
            Write(json, record, readable);
        }
        lines.Add(log.Layout.Table);
        lines.AddRange(text.Lines());
    }

    private static void Write(Utf8JsonWriter json, CommitRecord record, bool readable)
    {
        json.WriteStartObject();
        json.WriteString("table", record.Table);
        json.WriteNumber("version", record.Version);
        json.WriteNumber("previous", record.Previous);
        json.WriteString("mode", CommitJson.Name(record.Mode));
        json.WriteString("created_at", record.CreatedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        json.WriteString("run_id", record.RunId);
        json.WriteBoolean("readable", readable);
        json.WriteNumber("rows", record.Counts.Rows);
        json.WriteNumber("inserts", record.Counts.Inserts);
        json.WriteNumber("updates", record.Counts.Updates);
        json.WriteNumber("deletes", record.Counts.Deletes);
        json.WriteNumber("unchanged", record.Counts.Unchanged);
        json.WriteNumber("held", record.Counts.Held);
        json.WriteNumber("changed_without_date", record.Counts.ChangedWithoutDate);
        json.WriteNumber("files", record.Files.Count);
        json.WriteNumber("bytes", record.Files.Sum(f => f.Bytes));
        json.WriteNumber("ledger_bytes", record.Ledger.Sum(l => l.Bytes));
        json.WriteString("checksum", record.Checksum);
        json.WriteStartArray("inputs");
        foreach (CommitInput input in record.Inputs)
        {
            json.WriteStringValue(input.Path);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
