using System.Diagnostics;
using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class RunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    [Fact]
    public void Run_TwoDays_KeepsTablesAndRotatesTheirSources()
    {
        _folder.Write(
            "lake.yaml",
            """
            into: lake
            defaults: {source: 'data/actual/{table}.csv', key: id, rotate_to: data/last, max_delete_percent: 50}
            tables:
              - name: Orders
              - {name: items, key: [id, line]}
            report: report.json
            """
        );
        Directory.CreateDirectory(_folder["data/actual"]);
        Day("Orders", "id,v\n1,a\n2,b\n3,c\n");
        Day("items", "id,line,v\n1,1,a\n1,2,b\n");
        Tool.Result first = Run("lake.yaml");
        Assert.True(first.Status == 0, first.Error);
        Assert.True(File.Exists(_folder["lake/full-load/orders.parquet"]), first.Error);
        Assert.True(File.Exists(_folder["lake/full-load/items.parquet"]), first.Error);
        Assert.Equal("id,v\n1,a\n2,b\n3,c\n", _folder.Read("data/last/Orders.csv"));
        Assert.Empty(Directory.GetFiles(_folder["data/actual"]));

        Day("Orders", "id,v\n1,a\n2,B\n4,d\n");
        Tool.Result second = Run("lake.yaml");
        Assert.True(second.Status == 0, second.Error);
        JsonElement[] tables = [.. JsonElement.Parse(_folder.Read("report.json")).GetProperty("tables").EnumerateArray()];
        Assert.Equal(["Orders", "items"], tables.Select(t => t.GetProperty("name").GetString()));
        Assert.Equal((1, 1, 1), (Count(tables[0], "inserts"), Count(tables[0], "updates"), Count(tables[0], "deletes")));
        Assert.Equal(["completed", "completed"], tables.Select(t => t.GetProperty("status").GetString()));
        Assert.Single(Directory.GetFiles(_folder["lake/cdc"]));
        Assert.Contains("streametl.table.items - INFO - nothing new", second.Error, StringComparison.Ordinal);
        Assert.Equal("id,v\n1,a\n2,B\n4,d\n", _folder.Read("data/last/Orders.csv"));
    }

    [Fact]
    public void Run_Incremental_AddsToTheTable()
    {
        _folder.Write(
            "lake.yaml",
            """
            into: lake
            tables:
              - {file: a.csv, name: visits, key: id, mode: incremental, partition_date: 20240105}
            """
        );
        _folder.Write("a.csv", "id,v\n1,a\n2,b\n");
        Assert.Equal(0, Run("lake.yaml").Status);
        _folder.Write("a.csv", "id,v,partitionDate\n3,c,20240106\n1,z,20240106\n");
        Tool.Result second = Run("lake.yaml");
        Assert.True(second.Status == 0, second.Error);
        string rows = Tool.Run(_folder, "convert", "lake/visits@latest", "-o", "-", "--to", "csv", "-q").Output;
        Assert.Matches(
            "^id,v,ingestDate,partitionDate,version\n2,b,[^,]*,20240105,.{32}\n3,c,[^,]*,20240106,.{32}\n1,z,[^,]*,20240106,",
            rows
        );
        _folder.Write("lake.yaml", _folder.Read("lake.yaml").Replace("20240105", "20241305", StringComparison.Ordinal));
        Tool.Result wrong = Run("lake.yaml");
        Assert.Equal(2, wrong.Status);
        Assert.Contains("'20241305' is not a day", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_UnderASchedule_RunsAgainAndAgain_AndCtrlCEndsItQuietly()
    {
        _folder.Write("a.csv", "id,v\n1,a\n");
        _folder.Write(
            "c.json",
            "{\"into\": \"lake\", \"tables\": [{\"file\": \"a.csv\", \"primary_key\": \"id\"}], \"schedule\": {\"interval\": 1, \"unit\": \"seconds\"}}"
        );
        using Process process = Tool.StartHearing("INT", _folder, ["run", "c.json", "--watch", "config", "--log-file", "etl.log"]);
        WaitUntil(() => Lines("etl.log").Count(l => l.Contains("next run at", StringComparison.Ordinal)) >= 3);
        Signal(process, "INT");
        Tool.Result result = Tool.Finish(process, "");
        Assert.Equal((130, ""), (result.Status, result.Output));
        Assert.DoesNotContain(" - ERROR - ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(" - CRITICAL - ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith(" - streametl.run - INFO - stopped", result.Error.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(result.Error, _folder.Read("etl.log"));
        Assert.False(File.Exists(_folder["c.json.lock"]));
    }

    [Fact]
    public void Run_KilledInTheMiddle_LeavesALockThatTheNextTakesOver()
    {
        _folder.Write("c.yaml", "into: lake\ntables: [{name: a, source: a.csv, key: id}]");
        Tool.Shell(_folder, "mkfifo a.csv");
        using Process first = Tool.Start(_folder, "run", "c.yaml");
        WaitUntil(() => File.Exists(_folder["c.yaml.lock"]));
        Tool.Result second = Run("c.yaml");
        Assert.Equal(1, second.Status);
        Assert.Contains($"this config is running already: process {first.Id} on", second.Error, StringComparison.Ordinal);
        first.Kill();
        StuckProcess.RequireEnd(first, Patience);
        File.Delete(_folder["a.csv"]);
        _folder.Write("a.csv", "id\n1\n");
        Tool.Result third = Run("c.yaml");
        Assert.True(third.Status == 0, third.Error);
        Assert.Contains(
            $"took over the lock of a run that ended without giving it back: process {first.Id} on",
            third.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Run_SeveralTablesAtOnce_KeepsToItsMemory()
    {
        var text = new System.Text.StringBuilder("id,a,b,c\n");
        for (int i = 0; i < 400_000; i++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{i},some text {i % 977},{i * 7919 % 100_003},{i / 7.0:0.000}\n"
            );
        }
        for (int i = 0; i < 4; i++)
        {
            _folder.Write($"t{i}.csv", text.ToString());
        }
        _folder.Write(
            "c.yaml",
            "into: lake\nmemory: 256MB\nparallel: 4\ntables: [{source: t0.csv, key: id}, {source: t1.csv, key: id}, {source: t2.csv, key: id}, {source: t3.csv, key: id}]"
        );
        Tool.Result run = Run("c.yaml", "--report", "r.json");
        Assert.True(run.Status == 0, run.Error);
        JsonElement report = JsonElement.Parse(_folder.Read("r.json"));
        Assert.Equal(1_600_000, Count(report, "rows_read"));
        Assert.InRange(report.GetProperty("peak_memory_bytes").GetInt64(), 1, 256_000_000);
    }

    public void Dispose() => _folder.Dispose();

    private void Day(string table, string text) => _folder.Write($"data/actual/{table}.csv", text);

    private Tool.Result Run(params string[] arguments) => Tool.Run(_folder, ["run", .. arguments]);

    private string[] Lines(string name) => File.Exists(_folder[name]) ? File.ReadAllLines(_folder[name]) : [];

    private static int Count(JsonElement report, string name) => report.GetProperty(name).GetInt32();

    private static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        kill.WaitForExit();
    }

    private static void WaitUntil(Func<bool> condition)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, "it did not come to that");
            Thread.Sleep(50);
        }
    }
}
