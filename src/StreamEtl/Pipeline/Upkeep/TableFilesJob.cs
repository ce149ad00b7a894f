using System.Text.Json;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table files</c>.</summary>
internal sealed class TableFilesJob(RunContext run, TableFilesOptions options) : TableCareJob(run, options)
{
    /// <inheritdoc/>
    protected override async Task TendAsync(TableLog log, Utf8JsonWriter json, List<string> lines)
    {
        CommitRecord record = await TableFinder.ReadAsync(log, options.At, Run.CancellationToken).ConfigureAwait(false);
        if (await TableFinder.MissingAsync(log.Store, record, Run.CancellationToken).ConfigureAwait(false) is { } missing)
        {
            throw await TableFinder.GoneAsync(log, record, missing, Run.CancellationToken).ConfigureAwait(false);
        }
        using LiveRows live = await LiveRows.ReadAsync(log.Store, record, Run.Budget, Run.CancellationToken).ConfigureAwait(false);
        var text = new TextTable("role", "rows", "live", "bytes", "file", "sha256");
        json.WriteStartObject();
        json.WriteString("table", record.Table);
        json.WriteNumber("version", record.Version);
        json.WriteStartArray("files");
        for (int i = 0; i < record.Files.Count; i++)
        {
            TableFile file = record.Files[i];
            long rows = live.Files[i]?.Count() ?? file.Rows;
            string role = file.Role == TableFileRole.Full ? "full" : "changes";
            text.Add(role, file.Rows, rows, file.Bytes, file.Path, file.Sha256);
            Write(json, role, file.Path, file.Rows, file.Bytes);
            json.WriteNumber("live_rows", rows);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("ledger");
        foreach (LedgerFile file in record.Ledger)
        {
            text.Add("ledger", file.Rows, "", file.Bytes, file.Path, "");
            Write(json, "ledger", file.Path, file.Rows, file.Bytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        lines.Add($"{record.Table}, version {record.Version}, {record.Counts.Rows} rows");
        lines.AddRange(text.Lines());
    }

    private static void Write(Utf8JsonWriter json, string role, string path, long rows, long bytes)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("path", path);
        json.WriteNumber("rows", rows);
        json.WriteNumber("bytes", bytes);
    }
}
