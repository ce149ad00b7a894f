using System.Runtime.InteropServices;
using System.Text.Json;
using StreamEtl.Cli.Runtime;
using StreamEtl.Diagnostics;
using StreamEtl.Types;

namespace StreamEtl.Cli.Reporting;

/// <summary>Reports that journeys store, and their way back.</summary>
internal static partial class ReportJson
{
    /// <summary>Bytes of a stored report at most: DynamoDB's items are limited to 400 KB.</summary>
    private const int MostStored = 128 << 10;

    /// <summary>The report without what describes only the run (stages, batches); with many inputs or columns also without the lists of these.</summary>
    public static byte[] WriteShort(RunReport report, Func<string, string> masked)
    {
        byte[] whole = WriteStored(report, masked, lists: true);
        return whole.Length <= MostStored ? whole : WriteStored(report, masked, lists: false);
    }

    /// <summary>Fills a report from a stored one.</summary>
    public static void Read(JsonElement json, RunReport report)
    {
        report.Clear();
        report.Table = json.GetProperty("table").GetString();
        report.TableVersion = json.GetProperty("table_version") is { ValueKind: JsonValueKind.Number } version ? version.GetInt64() : null;
        report.Congregado =
            json.TryGetProperty("congregado", out JsonElement congregado) && congregado.ValueKind == JsonValueKind.Object
                ? CongregadoRun.Read(congregado)
                : null;
        report.NothingToDo = json.GetProperty("nothing_to_do").GetBoolean();
        report.RowsRead = Number("rows_read");
        report.RowsWritten = Number("rows_written");
        report.RowsRejected = Number("rows_rejected");
        report.DuplicatesRemoved = Number("duplicates_removed");
        report.Inserts = Number("inserts");
        report.Updates = Number("updates");
        report.Deletes = Number("deletes");
        report.Unchanged = Number("unchanged");
        report.ChangedWithoutDate = Number("changed_without_date");
        report.Held = Number("held");
        report.DuplicateKeys = Number("duplicate_keys");
        report.SpilledBytes = Number("spilled_bytes");
        report.Inputs.AddRange(List("inputs").Select(File));
        report.Outputs.AddRange(List("outputs").Select(File));
        report.Origins.AddRange(
            List("origins")
                .Select(o => new OriginReport(Text(o, "name"), o.GetProperty("rows").GetInt64(), o.GetProperty("winners").GetInt64()))
        );
        report.Schema.AddRange(SchemaJson.Read(JsonMarshal.GetRawUtf8Value(json.GetProperty("schema")), "a stored report"));
        report.SchemaChanges.AddRange(List("schema_changes").Select(c => new SchemaChange(Text(c, "column"), Text(c, "change"))));
        report.Columns.AddRange(
            List("columns")
                .Select(c => new ColumnReport(
                    Text(c, "name"),
                    c.GetProperty("nulls").GetInt64(),
                    c.GetProperty("null_percent").GetDouble()
                ))
        );
        report.Warnings.AddRange(List("warnings").Select(w => w.GetString() ?? ""));

        long Number(string name) => json.GetProperty(name).GetInt64();
        IEnumerable<JsonElement> List(string name) => json.GetProperty(name).EnumerateArray();
    }

    private static byte[] WriteStored(RunReport report, Func<string, string> masked, bool lists)
    {
        RunReport stored = new()
        {
            Verb = report.Verb,
            RunId = report.RunId,
            StartedAt = report.StartedAt,
        };
        using (JsonDocument document = JsonDocument.Parse(Write(report)))
        {
            Read(document.RootElement, stored);
        }
        if (!lists)
        {
            const int Kept = 100;
            stored.Inputs.RemoveRange(Math.Min(Kept, stored.Inputs.Count), Math.Max(0, stored.Inputs.Count - Kept));
            stored.Schema.Clear();
            stored.SchemaChanges.Clear();
            stored.Columns.Clear();
            stored.Warnings.Add("the lists of inputs and columns were too long to be stored with the journey");
        }
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            WriteAll(writer, stored, masked);
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static FileReport File(JsonElement file) =>
        new(Text(file, "path"), file.GetProperty("rows").GetInt64(), file.GetProperty("bytes").GetInt64());

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
