using System.Diagnostics;
using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>Journeys as users meet them: the real process, with records in a folder.</summary>
public sealed class JourneyTests : IDisposable
{
    private static readonly string[] Command = ["consolidate", "a=a.csv", "b=b.csv", "--key", "id", "--decide", "at:desc", "-o", "out.csv"];

    private readonly TempFolder _folder = new();

    public JourneyTests()
    {
        _folder.Write("a.csv", "id,at\n1,2024-01-01\n2,2024-01-01\n");
        _folder.Write("b.csv", "id,at\n2,2024-01-02\n3,2024-01-01\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Consolidate_Again_DoesNoWorkAndReportsTheSame()
    {
        JsonElement first = Report(Command);
        DateTime written = File.GetLastWriteTimeUtc(_folder["out.csv"]);
        JsonElement second = Report(Command);
        Assert.Equal((false, true), (Returned(first), Returned(second)));
        foreach (
            string name in new[]
            {
                "rows_read",
                "rows_written",
                "duplicates_removed",
                "origins",
                "inputs",
                "outputs",
                "schema",
                "columns",
                "status",
            }
        )
        {
            Assert.Equal(first.GetProperty(name).ToString(), second.GetProperty(name).ToString());
        }
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["out.csv"]));
    }

    [Fact]
    public void Consolidate_OutputGoneOrInputChanged_WorksAgain()
    {
        Assert.False(Returned(Report(Command)));
        File.Delete(_folder["out.csv"]);
        Assert.False(Returned(Report(Command)));
        Assert.True(Returned(Report(Command)));
        _folder.Write("b.csv", "id,at\n2,2024-01-02\n4,2024-01-01\n");
        Assert.False(Returned(Report(Command)));
        Assert.Equal("id,at\n1,2024-01-01\n2,2024-01-02\n4,2024-01-01\n", _folder.Read("out.csv"));
        _folder.Write("out.csv", "edited by hand");
        Assert.False(Returned(Report(Command)));
    }

    [Fact]
    public void Ingest_BackAndForth_AlwaysWorks()
    {
        foreach (
            (string input, int version, bool returned) in new[]
            {
                ("a", 1, false),
                ("b", 2, false),
                ("a", 3, false),
                ("a", 3, false),
                ("a", 3, true),
                ("b", 4, false),
            }
        )
        {
            JsonElement report = Report(
                "ingest",
                $"{input}.csv",
                "--table",
                "t",
                "--into",
                "lake",
                "--key",
                "id",
                "--max-delete-percent",
                "100"
            );
            Assert.Equal((version, returned), (report.GetProperty("table_version").GetInt32(), Returned(report)));
            Assert.Equal(2, report.GetProperty("rows_read").GetInt32());
        }
    }

    [Fact]
    public void Journeys_ListShowRetry_TellAndGoOn()
    {
        Assert.Equal(0, Tool.Run(_folder, Command).Status);
        Assert.Equal(1, Tool.Run(_folder, [.. Command[..^1], "nowhere/out.csv"]).Status);
        string[] lines = Lines(Tool.Run(_folder, "journeys", "list").Output);
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^[0-9a-f]{12}  FAILED       \d{4}-\S+Z        0  consolidate  .*does not exist", lines[1]);
        Assert.Matches("^[0-9a-f]{12}  COMPLETED .*out.csv$", lines[2]);
        JsonElement failed = JsonElement.Parse(Tool.Run(_folder, "journeys", "list", "--status", "failed", "--json").Output)[0];
        string key = failed.GetProperty("idempotency_key").GetString()!;
        Assert.Equal(64, key.Length);
        Assert.Equal(1, Tool.Run(_folder, "journeys", "retry", key[..8]).Status);
        Directory.CreateDirectory(_folder["nowhere"]);
        Tool.Result retried = Tool.Run(_folder, "journeys", "retry", key[..8]);
        Assert.Equal((0, ""), (retried.Status, retried.Output));
        JsonElement shown = JsonElement.Parse(Tool.Run(_folder, "journeys", "show", key[..8]).Output);
        Assert.Equal(("COMPLETED", 2), (shown.GetProperty("status").GetString(), shown.GetProperty("retry_count").GetInt32()));
        Assert.Contains("nothing to try again", Tool.Run(_folder, "journeys", "retry", key).Error, StringComparison.Ordinal);
        Assert.Contains("no journey in", Tool.Run(_folder, "journeys", "show", "zz").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Store_NoneOrUnusable_IsNoHindranceUnlessNamed()
    {
        Assert.Equal(JsonValueKind.Null, Report([.. Command, "--journey-store", "none"]).GetProperty("journey").ValueKind);
        _folder.Write("file", "");
        (string, string)[] state = [("XDG_STATE_HOME", _folder["file"])];
        Tool.Result run = Tool.Finish(Tool.Start(_folder, Command, state), "");
        Assert.Equal(0, run.Status);
        Assert.Contains("no journey is kept", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, Tool.Run(_folder, [.. Command, "--journey-store", "file/x"]).Status);
        Assert.Equal(2, Tool.Run(_folder, [.. Command, "--journey-store", "ftp://x"]).Status);
    }

    /// <summary>R1: killed at every named instant, and the command given again: the output is right, the journey completed, and nothing waits for a lease.</summary>
    [Theory]
    [InlineData("journey-written")]
    [InlineData("journey-written:2")]
    [InlineData("journey-written:3")]
    [InlineData("journey-created")]
    [InlineData("journey-acquired")]
    [InlineData("output-before-commit")]
    [InlineData("output-committed")]
    [InlineData("journey-completed")]
    [InlineData("store-written:2")]
    [InlineData("store-moved:2")]
    [InlineData("store-moved:3")]
    public void Consolidate_KilledAndGivenAgain_EndsWellAtOnce(string point)
    {
        using (Process process = Tool.Start(_folder, Command, [("STREAMETL_CRASH_AT", point)]))
        {
            process.StandardInput.Close();
            StuckProcess.RequireEnd(process, TimeSpan.FromSeconds(60));
            Assert.Equal(137, process.ExitCode);
        }
        long start = Environment.TickCount64;
        JsonElement report = Report(Command);
        Assert.InRange(Environment.TickCount64 - start, 0, 30_000);
        Assert.Equal("id,at\n1,2024-01-01\n2,2024-01-02\n3,2024-01-01\n", _folder.Read("out.csv"));
        Assert.Equal(4, report.GetProperty("rows_read").GetInt32());
        Assert.True(Returned(Report(Command)));
    }

    [Fact]
    public async Task Consolidate_ManyAtOnce_OneWorksAndTheOthersReturnItsResult()
    {
        Tool.Result[] runs = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => Task.Run(() => Tool.Run(_folder, [.. Command, "--report", $"r{i}.json", "-q"])))
        );
        Assert.All(runs, r => Assert.Equal((0, ""), (r.Status, r.Error)));
        Assert.Single(Enumerable.Range(0, 4), i => !Returned(JsonElement.Parse(_folder.Read($"r{i}.json"))));
    }

    private JsonElement Report(params string[] command)
    {
        Tool.Result run = Tool.Run(_folder, [.. command, "--report", "report.json"]);
        Assert.True(run.Status == 0, run.Error);
        return JsonElement.Parse(_folder.Read("report.json"));
    }

    private static bool Returned(JsonElement report) => report.GetProperty("journey").GetProperty("returned").GetBoolean();

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
