using System.Globalization;
using System.Reflection;
using System.Text.Json;
using StreamEtl.Cli.Reporting;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Cli.Tests.Runtime;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Cli.Tests.Reporting;

public sealed class ReportTests
{
    [Fact]
    public void Write_FullReport_IsExactlySo()
    {
        RunReport report = new()
        {
            Verb = "diff",
            StartedAt = new DateTimeOffset(2024, 1, 31, 9, 0, 0, 123, 456, TimeSpan.FromHours(-3)),
            RunId = "0193-7",
            Seconds = 2.123456789,
            RowsRead = 1,
            RowsWritten = 2,
            RowsRejected = 3,
            DuplicatesRemoved = 4,
            Inserts = 5,
            Updates = 6,
            Deletes = 7,
            Unchanged = 8,
            ChangedWithoutDate = 9,
            Held = 10,
            DuplicateKeys = 11,
            PeakMemoryBytes = 12,
            SpilledBytes = 13,
            Journey = new JourneyReport("3fa1", "journeys", Returned: true, TookOver: false, RetryCount: 16),
            Congregado = new CongregadoReport("d_t", "cong", "77", Sample: 17, Returned: false),
        };
        report.Inputs.Add(new FileReport("São \"Paulo\"\n.csv", 1, 2));
        report.Outputs.Add(new FileReport("o.parquet", 3, 4));
        report.Origins.Add(new OriginReport("sor", 14, 15));
        report.Schema.Add(new Field("id", ColumnType.Integer, Nullable: false));
        report.Schema.Add(new Field("total", ColumnType.Decimal(18, 2)));
        report.SchemaChanges.Add(new SchemaChange("x", "added"));
        report.Columns.Add(new ColumnReport("id", 0, double.NaN));
        report.Stages.Add(new StageReport("parse", 1, 2, 0.5, 0.25));
        (report.BatchBytes.Min, report.BatchBytes.Max, report.BatchBytes.Last) = (1, 3, 2);
        report.Passes.Add("one");
        report.Warnings.Add("two");
        Assert.Equal(
            """
            {
              "verb": "diff",
              "status": "completed",
              "error": null,
              "started_at": "2024-01-31T12:00:00.123456Z",
              "run_id": "0193-7",
              "seconds": 2.123457,
              "table": null,
              "table_version": null,
              "nothing_to_do": false,
              "journey": {
                "idempotency_key": "3fa1",
                "store": "journeys",
                "returned": true,
                "took_over": false,
                "retry_count": 16
              },
              "congregado": {
                "id": "d_t",
                "store": "cong",
                "idempotency_key": "77",
                "sample": 17,
                "returned": false
              },
              "inputs": [
                {
                  "path": "São \"Paulo\"\n.csv",
                  "rows": 1,
                  "bytes": 2
                }
              ],
              "outputs": [
                {
                  "path": "o.parquet",
                  "rows": 3,
                  "bytes": 4
                }
              ],
              "rows_read": 1,
              "rows_written": 2,
              "rows_rejected": 3,
              "duplicates_removed": 4,
              "inserts": 5,
              "updates": 6,
              "deletes": 7,
              "unchanged": 8,
              "changed_without_date": 9,
              "held": 10,
              "duplicate_keys": 11,
              "peak_memory_bytes": 12,
              "spilled_bytes": 13,
              "origins": [
                {
                  "name": "sor",
                  "rows": 14,
                  "winners": 15
                }
              ],
              "schema": [
                {
                  "name": "id",
                  "type": "integer",
                  "nullable": false
                },
                {
                  "name": "total",
                  "type": "decimal(18,2)",
                  "nullable": true
                }
              ],
              "schema_changes": [
                {
                  "column": "x",
                  "change": "added"
                }
              ],
              "columns": [
                {
                  "name": "id",
                  "nulls": 0,
                  "null_percent": 0
                }
              ],
              "stages": [
                {
                  "name": "parse",
                  "batches": 1,
                  "rows": 2,
                  "busy_seconds": 0.5,
                  "waiting_seconds": 0.25
                }
              ],
              "batch_bytes": {
                "min": 1,
                "max": 3,
                "last": 2
              },
              "passes": [
                "one"
              ],
              "warnings": [
                "two"
              ]
            }

            """,
            System.Text.Encoding.UTF8.GetString(ReportJson.Write(report))
        );
    }

    /// <summary>The writer is written by hand; this holds it to the report's members.</summary>
    [Fact]
    public void Write_EmptyReport_HasEveryMember()
    {
        JsonElement root = JsonDocument.Parse(ReportJson.Write(new RunReport { Verb = "convert" })).RootElement;
        IEnumerable<string> members = typeof(RunReport)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));
        Assert.Equal(members.Order(StringComparer.Ordinal), root.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Report_CompletedRun_IsWrittenToTheFile()
    {
        using TempFolder folder = new();
        CommandRun run = CommandRun.With(JobRunnerTests.Finish, "convert", "a.csv", "-o", "b.parquet", "--report", folder["r.json"]);
        Assert.Equal(0, run.Status);
        JsonElement root = JsonDocument.Parse(folder.Read("r.json")).RootElement;
        Assert.Equal(("convert", "completed"), (root.GetProperty("verb").GetString(), root.GetProperty("status").GetString()));
        Assert.InRange(root.GetProperty("peak_memory_bytes").GetInt64(), 10_000_000, 100_000_000_000);
        Assert.InRange(
            DateTime.Parse(root.GetProperty("started_at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
            DateTime.UtcNow.AddMinutes(-1),
            DateTime.UtcNow
        );
        Assert.Equal(["r.json"], folder.Files());
    }

    [Fact]
    public void Report_Dash_IsStandardError()
    {
        CommandRun run = CommandRun.With(JobRunnerTests.Finish, "convert", "a.csv", "-o", "b.parquet", "-q", "--report", "-");
        Assert.Equal("convert", JsonDocument.Parse(run.Error).RootElement.GetProperty("verb").GetString());
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void Report_FailedRun_SaysWhy()
    {
        using TempFolder folder = new();
        folder.Write("r.json", "{\"old\": true, \"longer\": \"than the new one will never be\"}");
        CommandRun run = CommandRun.With(
            r =>
            {
                r.RowsRead = 41;
                throw new StreamEtlException(ErrorKind.FieldCount, "bad row", new RecordPosition("a.csv", 42, 900), "hint");
            },
            "convert",
            "a.csv",
            "-o",
            "b.parquet",
            "--report",
            folder["r.json"]
        );
        Assert.Equal(1, run.Status);
        JsonElement root = JsonDocument.Parse(folder.Read("r.json")).RootElement;
        Assert.Equal("failed", root.GetProperty("status").GetString());
        Assert.Equal("a.csv:42 (byte 900): bad row", root.GetProperty("error").GetString());
        Assert.Equal(41, root.GetProperty("rows_read").GetInt64());
    }

    [Fact]
    public void Report_WrongOption_IsWrittenToo()
    {
        using TempFolder folder = new();
        CommandRun run = CommandRun.Of("convert", "a.csv", "-o", "b.parquet", "--report", folder["r.json"], "--memory", "much");
        Assert.Equal(2, run.Status);
        JsonElement root = JsonDocument.Parse(folder.Read("r.json")).RootElement;
        Assert.Equal("--memory does not take 'much'", root.GetProperty("error").GetString());
    }
}
