using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Cli.Runtime;
using StreamEtl.Cli.Verbs;
using StreamEtl.Diagnostics;
using StreamEtl.Types;

namespace StreamEtl.Cli.Reporting;

/// <summary>
/// A report as one JSON object, snake_case; zeros and nulls are written too, so that a script finds every name in every report. Written by hand:
/// the names are a contract that should be read in one place, and a serializer's start would cost a third of a short run.
/// </summary>
internal static partial class ReportJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The report as UTF-8 with a line feed at its end.</summary>
    public static byte[] Write(RunReport report) => Write(report, static text => text, []);

    /// <summary>The report of a run over several tables: the whole under the usual names, then one such report for each table.</summary>
    /// <param name="whole">All tables together.</param>
    /// <param name="masked">Keeps secrets out of a text.</param>
    /// <param name="tables">Each table's name and report.</param>
    public static byte[] Write(RunReport whole, Func<string, string> masked, IReadOnlyList<(string Name, RunReport Report)> tables)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            writer.WriteStartObject();
            WriteAll(writer, whole, masked);
            if (whole.Verb == RunVerb.Name)
            {
                writer.WriteNumber("tables_failed", tables.Count(t => t.Report.Status != "completed"));
                writer.WriteStartArray("tables");
                foreach ((string name, RunReport report) in tables)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    WriteAll(writer, report, masked);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteAll(Utf8JsonWriter writer, RunReport report, Func<string, string> masked)
    {
        WriteRun(writer, report, masked);
        WriteFiles(writer, "inputs", report.Inputs, masked);
        WriteFiles(writer, "outputs", report.Outputs, masked);
        WriteCounts(writer, report);
        WriteOrigins(writer, report);
        WriteTable(writer, report);
        WriteStages(writer, report);
        WriteTexts(writer, "passes", report.Passes, masked);
        WriteTexts(writer, "warnings", report.Warnings, masked);
    }

    private static void WriteRun(Utf8JsonWriter writer, RunReport report, Func<string, string> masked)
    {
        writer.WriteString("verb", report.Verb);
        writer.WriteString("status", report.Status);
        writer.WriteString("error", report.Error is null ? null : masked(report.Error));
        writer.WriteString(
            "started_at",
            report.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)
        );
        writer.WriteString("run_id", report.RunId);
        WriteNumber(writer, "seconds", report.Seconds);
        writer.WriteString("table", report.Table);
        if (report.TableVersion is { } version)
        {
            writer.WriteNumber("table_version", version);
        }
        else
        {
            writer.WriteNull("table_version");
        }
        writer.WriteBoolean("nothing_to_do", report.NothingToDo);
        WriteJourney(writer, report.Journey);
        writer.WritePropertyName("congregado");
        if (report.Congregado is { } congregado)
        {
            CongregadoRun.Write(writer, congregado);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void WriteJourney(Utf8JsonWriter writer, JourneyReport? journey)
    {
        if (journey is null)
        {
            writer.WriteNull("journey");
            return;
        }
        writer.WriteStartObject("journey");
        writer.WriteString("idempotency_key", journey.Key);
        writer.WriteString("store", journey.Store);
        writer.WriteBoolean("returned", journey.Returned);
        writer.WriteBoolean("took_over", journey.TookOver);
        writer.WriteNumber("retry_count", journey.RetryCount);
        writer.WriteEndObject();
    }

    private static void WriteFiles(Utf8JsonWriter writer, string name, List<FileReport> files, Func<string, string> masked)
    {
        writer.WriteStartArray(name);
        foreach (FileReport file in files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", masked(file.Path));
            writer.WriteNumber("rows", file.Rows);
            writer.WriteNumber("bytes", file.Bytes);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter writer, RunReport report)
    {
        writer.WriteNumber("rows_read", report.RowsRead);
        writer.WriteNumber("rows_written", report.RowsWritten);
        writer.WriteNumber("rows_rejected", report.RowsRejected);
        writer.WriteNumber("duplicates_removed", report.DuplicatesRemoved);
        writer.WriteNumber("inserts", report.Inserts);
        writer.WriteNumber("updates", report.Updates);
        writer.WriteNumber("deletes", report.Deletes);
        writer.WriteNumber("unchanged", report.Unchanged);
        writer.WriteNumber("changed_without_date", report.ChangedWithoutDate);
        writer.WriteNumber("held", report.Held);
        writer.WriteNumber("duplicate_keys", report.DuplicateKeys);
        writer.WriteNumber("peak_memory_bytes", report.PeakMemoryBytes);
        writer.WriteNumber("spilled_bytes", report.SpilledBytes);
    }

    private static void WriteOrigins(Utf8JsonWriter writer, RunReport report)
    {
        writer.WriteStartArray("origins");
        foreach (OriginReport origin in report.Origins)
        {
            writer.WriteStartObject();
            writer.WriteString("name", origin.Name);
            writer.WriteNumber("rows", origin.Rows);
            writer.WriteNumber("winners", origin.Winners);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteTable(Utf8JsonWriter writer, RunReport report)
    {
        writer.WriteStartArray("schema");
        foreach (Field field in report.Schema)
        {
            writer.WriteStartObject();
            writer.WriteString("name", field.Name);
            writer.WriteString("type", field.Type.ToString());
            writer.WriteBoolean("nullable", field.Nullable);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("schema_changes");
        foreach (SchemaChange change in report.SchemaChanges)
        {
            writer.WriteStartObject();
            writer.WriteString("column", change.Column);
            writer.WriteString("change", change.Change);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("columns");
        foreach (ColumnReport column in report.Columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name", column.Name);
            writer.WriteNumber("nulls", column.Nulls);
            WriteNumber(writer, "null_percent", column.NullPercent);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteStages(Utf8JsonWriter writer, RunReport report)
    {
        writer.WriteStartArray("stages");
        foreach (StageReport stage in report.Stages)
        {
            writer.WriteStartObject();
            writer.WriteString("name", stage.Name);
            writer.WriteNumber("batches", stage.Batches);
            writer.WriteNumber("rows", stage.Rows);
            WriteNumber(writer, "busy_seconds", stage.BusySeconds);
            WriteNumber(writer, "waiting_seconds", stage.WaitingSeconds);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartObject("batch_bytes");
        writer.WriteNumber("min", report.BatchBytes.Min);
        writer.WriteNumber("max", report.BatchBytes.Max);
        writer.WriteNumber("last", report.BatchBytes.Last);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, List<string> texts, Func<string, string> masked)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(masked(text));
        }
        writer.WriteEndArray();
    }

    /// <summary>To six decimals. What is not a number (a share of no rows) is 0, since JSON has no word for it.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, string name, double value) =>
        writer.WriteNumber(name, double.IsFinite(value) ? Math.Round(value, 6) : 0);
}
