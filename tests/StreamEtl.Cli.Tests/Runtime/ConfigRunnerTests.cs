using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Runtime;

public sealed class ConfigRunnerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Tables_AllOfThem_BecomeJobsWithWhatTheConfigSays()
    {
        string config = _folder.Write(
            "c.yaml",
            """
            into: lake
            temp: spill
            memory: 400MB
            threads: 1
            defaults: {key: id, mode: cdc, delimiter: ;, "null": [NA, x], schema_change: fail}
            tables:
              - {name: a, source: a.csv, date_field: d, max_delete_percent: 5.5, allow_empty: true}
              - {name: b, source: 'b*.csv', mode: full, compression: zstd, on_error: reject, max_record: 1MiB}
            """
        );
        foreach (string name in new[] { "a.csv", "b1.csv", "b2.csv" })
        {
            _folder.Write(name, "id\n1\n");
        }
        ConfigRun run = ConfigRun.With(null, null, config);
        Assert.Equal(0, run.Status);
        IngestOptions a = run.Jobs.Single(j => j.Table == "a");
        Assert.Equal((_folder["lake"], _folder["spill"], 400_000_000, 1), (a.Into, a.TempDirectory, a.MemoryBytes, a.Threads));
        Assert.Equal(
            (IngestMode.Cdc, "d", 5.5, true, ';'),
            (a.Mode!.Value, a.DateField, a.MaxDeletePercent, a.AllowEmpty, a.Delimiter!.Value)
        );
        Assert.Equal(SchemaChangeRule.Fail, a.SchemaChange);
        Assert.Equal(["id"], a.Key);
        Assert.Equal(["NA", "x"], a.NullTexts);
        IngestOptions b = run.Jobs.Single(j => j.Table == "b");
        Assert.Equal([_folder["b1.csv"], _folder["b2.csv"]], b.Inputs);
        Assert.Equal(
            (IngestMode.Full, Parquet.CompressionCodec.Zstd, true, 1 << 20),
            (b.Mode!.Value, b.Compression, b.RejectMalformed, b.MaxRecordBytes)
        );
        Assert.Equal(20, b.MaxDeletePercent);
    }

    [Fact]
    public void Table_ThatFails_StopsNoOther()
    {
        string config = Config("bad", "good", "missing", "also_good");
        File.Delete(_folder["missing.csv"]);
        ConfigRun run = ConfigRun.With(
            (job, report) =>
            {
                if (job.Table == "bad")
                {
                    throw new StreamEtlException(ErrorKind.FieldCount, "too many fields", new RecordPosition("bad.csv", 7, 90), "mend it");
                }
                report.RowsRead = 10;
                report.Inserts = 3;
                return Task.CompletedTask;
            },
            null,
            config,
            "--report",
            _folder["r.json"]
        );
        Assert.Equal(1, run.Status);
        JsonElement report = ConfigRun.Report(_folder, "r.json");
        Assert.Equal(
            [("bad", "failed"), ("good", "completed"), ("missing", "failed"), ("also_good", "completed")],
            report
                .GetProperty("tables")
                .EnumerateArray()
                .Select(t => (t.GetProperty("name").GetString(), t.GetProperty("status").GetString()))
        );
        Assert.Equal("bad.csv:7 (byte 90): too many fields", report.GetProperty("tables")[0].GetProperty("error").GetString());
        Assert.Equal(("run", "failed"), (report.GetProperty("verb").GetString(), report.GetProperty("status").GetString()));
        Assert.Equal("2 of 4 tables failed: bad, missing", report.GetProperty("error").GetString());
        Assert.Equal(
            (20, 6, 2),
            (
                report.GetProperty("rows_read").GetInt32(),
                report.GetProperty("inserts").GetInt32(),
                report.GetProperty("tables_failed").GetInt32()
            )
        );
        Assert.Contains(
            "streametl.table.bad - ERROR - too many fields [error.type: FieldCount] [error.position: bad.csv:7 (byte 90)] [error.hint: mend it]",
            run.Log
        );
        Assert.Contains(
            run.Log,
            l =>
                l.StartsWith("streametl.table.good - INFO - 10 rows read, 0 written as version  in", StringComparison.Ordinal)
                && l.EndsWith(": 3 inserts", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Tables_InParallel_NeverHoldMoreThanTheWhole()
    {
        string config = Config([.. Enumerable.Range(0, 12).Select(i => $"t{i}")]);
        var gate = new Lock();
        (long Memory, int Threads, int Count) now = default;
        (long Memory, int Threads, int Count) most = default;
        ConfigRun run = ConfigRun.With(
            async (job, _) =>
            {
                lock (gate)
                {
                    now = (now.Memory + job.MemoryBytes, now.Threads + job.Threads, now.Count + 1);
                    most = (Math.Max(most.Memory, now.Memory), Math.Max(most.Threads, now.Threads), Math.Max(most.Count, now.Count));
                }
                await Task.Delay(20);
                lock (gate)
                {
                    now = (now.Memory - job.MemoryBytes, now.Threads - job.Threads, now.Count - 1);
                }
            },
            null,
            config,
            "--memory",
            "600MB",
            "--threads",
            "4"
        );
        Assert.Equal((0, 12), (run.Status, run.Jobs.Count));
        Assert.InRange(most.Memory, 300_000_000, 600_000_000);
        Assert.InRange(most.Threads, 2, 4);
        Assert.InRange(most.Count, 2, 4);
        Assert.All(run.Jobs, j => Assert.True(j.MemoryBytes >= 64_000_000 && j.Threads >= 1));
    }

    [Fact]
    public void Rows_SetAside_MakeStatus4_AndFailureOutranksIt()
    {
        string config = Config("a", "b");
        Func<IngestOptions, RunReport, Task> engine = (job, report) =>
        {
            report.RowsRejected = job.Table == "a" ? 2 : 0;
            return Task.CompletedTask;
        };
        Assert.Equal(4, ConfigRun.With(engine, null, config).Status);
        File.Delete(_folder["b.csv"]);
        Assert.Equal(1, ConfigRun.With(engine, null, config).Status);
    }

    [Fact]
    public void TableOption_ChoosesTables_AndNamesTheNearest()
    {
        string config = Config("orders", "items", "customers");
        Assert.Equal(
            ["items", "orders"],
            ConfigRun.With(null, null, config, "--table", "orders", "ITEMS").Jobs.Select(j => j.Table).Order()
        );
        ConfigRun wrong = ConfigRun.With(null, null, config, "--table", "order");
        Assert.Equal((2, 0), (wrong.Status, wrong.Jobs.Count));
        Assert.Contains("the config has no table 'order'\n  hint: did you mean 'orders'?", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "tables: [{name: a, source: a.csv, into: x, kee: 1}]",
        "tables[0].kee: is not known\n  at: {0}:1\n  hint: did you mean 'key'?"
    )]
    [InlineData(
        "tables:\n- {name: a, source: a.csv,\n   into: x, decimal: ','}\n- {name: b, source: a.csv,\n   into: x, on_error: fail, rejects: r}",
        "tables[1].rejects: --rejects contradicts --on-error fail\n  at: {0}:5"
    )]
    [InlineData(
        "tables:\n- {name: a, source: a.csv,\n   into: x, max_record: 2GiB}",
        "tables[0].max_record: --max-record does not take '2GiB'\n  at: {0}:3\n  hint: expected at most 1GiB"
    )]
    [InlineData("tables: {", "this is not YAML")]
    public void Config_ThatIsWrong_NamesFileLineAndEntry_AndRunsNothing(string yaml, string expected)
    {
        string config = _folder.Write("c.yaml", yaml);
        ConfigRun run = ConfigRun.With(null, null, config, "--report", _folder["r.json"]);
        Assert.Equal((2, 0), (run.Status, run.Jobs.Count));
        Assert.Contains(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, config),
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Equal("failed", ConfigRun.Report(_folder, "r.json").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("no config is given")]
    [InlineData("2 configs are given where one is needed", "a.yaml", "b.yaml")]
    [InlineData("the config 'none.yaml' does not exist", "none.yaml")]
    public void CommandLine_ThatIsWrong_IsRefused(string expected, params string[] arguments)
    {
        ConfigRun run = ConfigRun.With(null, null, arguments);
        Assert.Equal(2, run.Status);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_ThatIsNoSchedule_IsRefused()
    {
        string config = Config("a");
        Assert.Contains(
            "--watch: 'soon' is neither",
            ConfigRun.With(null, null, config, "--watch", "soon").Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the config has no 'schedule'",
            ConfigRun.With(null, null, config, "--watch", "config").Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void DryRun_SaysWhatWouldRun_AndRunsNothing()
    {
        string config = Config("a", "b");
        ConfigRun run = ConfigRun.With(null, null, config, "--dry-run", "--memory", "512MB", "--threads", "2");
        Assert.Equal((0, 0), (run.Status, run.Jobs.Count));
        Assert.Equal(
            $"a: {_folder["a.csv"]} -> {_folder["lake"]} (full, then cdc, key id)\nb: {_folder["b.csv"]} -> {_folder["lake"]} (full, then cdc, key id)\n"
                + "2 tables, 2 at once, memory 512 MB, threads 2\n",
            run.Output
        );
    }

    [Fact]
    public void Rotation_AfterSuccess_MovesWhatWasRead()
    {
        string config = _folder.Write(
            "c.yaml",
            "into: lake\ndefaults: {source: 'actual/{table}.csv', rotate_to: last}\ntables: [{name: a}, {name: b}, {name: c}]"
        );
        Directory.CreateDirectory(_folder["actual"]);
        foreach (string name in new[] { "a", "b", "c" })
        {
            _folder.Write($"actual/{name}.csv", "id\n1\n");
        }
        Func<IngestOptions, RunReport, Task> engine = (job, _) =>
        {
            if (job.Table == "b")
            {
                throw new StreamEtlException(ErrorKind.Io, "disk full");
            }
            if (job.Table == "c")
            {
                File.AppendAllText(job.Inputs[0], "2\n");
            }
            return Task.CompletedTask;
        };
        ConfigRun first = ConfigRun.With(engine, null, config);
        Assert.Equal(1, first.Status);
        Assert.Equal(["b.csv", "c.csv"], Names("actual"));
        Assert.Equal(["a.csv"], Names("last"));
        Assert.Contains(
            first.Log,
            l =>
                l.Contains("streametl.table.c - WARNING", StringComparison.Ordinal)
                && l.Contains("changed while it was read", StringComparison.Ordinal)
        );
        ConfigRun second = ConfigRun.With(null, null, config);
        Assert.Equal(0, second.Status);
        Assert.Equal(["b", "c"], second.Jobs.Select(j => j.Table).Order());
        Assert.Contains(second.Log, l => l.StartsWith("streametl.table.a - INFO - nothing new", StringComparison.Ordinal));
        Assert.Equal(["a.csv", "b.csv", "c.csv"], Names("last"));
    }

    [Fact]
    public void Config_ThatIsRunning_IsNotStartedTwice()
    {
        string config = Config("a");
        ConfigRun? second = null;
        ConfigRun first = ConfigRun.With(
            (_, _) =>
            {
                second = ConfigRun.With(null, null, config);
                return Task.CompletedTask;
            },
            null,
            config
        );
        Assert.Equal((0, 1, 0), (first.Status, second!.Status, second.Jobs.Count));
        Assert.Contains($"this config is running already: process {Environment.ProcessId} on", second.Error, StringComparison.Ordinal);
        Assert.Equal(0, ConfigRun.With(null, null, config).Status);
        Assert.False(File.Exists(config + ".lock"));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Names(string folder) =>
        [.. Directory.GetFiles(_folder[folder]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private string Config(params string[] tables)
    {
        foreach (string table in tables)
        {
            _folder.Write(table + ".csv", "id\n1\n");
        }
        return _folder.Write(
            "c.yaml",
            $"into: lake\ndefaults: {{key: id, source: '{{table}}.csv'}}\ntables:\n{string.Concat(tables.Select(t => $"  {t}: {{}}\n"))}"
        );
    }
}
