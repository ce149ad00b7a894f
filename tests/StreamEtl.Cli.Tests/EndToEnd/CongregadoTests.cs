using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class CongregadoTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public CongregadoTests()
    {
        _folder.Write("sor.csv", "id,v,at\n1,a,2024-01-01\n2,b,2024-01-05\n3,c,\n");
        _folder.Write("sot.csv", "id,at,w\n2,2024-01-05,x\n1,2024-01-02,1.50\n4,2024-01-01,z\n");
    }

    [Fact]
    public void Consolidate_WithACongregado_StoresWhatWasWritten()
    {
        Tool.Result run = Consolidate("-o", "one.csv", "--report", "r.json");
        Assert.True(run.Status == 0, run.Error);
        Assert.Contains("  congregado D_T → cong, with a sample of 4 rows\n", run.Error, StringComparison.Ordinal);
        JsonElement item = JsonElement.Parse(_folder.Read("cong/D_T-0000000001.json"));
        Assert.Equal(
            ("D_T", 4, "T", "D"),
            (Text(item, "id"), item.GetProperty("record_count").GetInt32(), Text(item, "tabela_consolidada"), Text(item, "database"))
        );
        Assert.Equal(
            """[{"id":2,"v":"b","at":"2024-01-05","w":null},{"id":3,"v":"c","at":null,"w":null},{"id":1,"v":null,"at":"2024-01-02","w":"1.50"},{"id":4,"v":null,"at":"2024-01-01","w":"z"}]""",
            JsonSerializer.Serialize(item.GetProperty("sample_data"))
        );
        Assert.Equal(
            """["id"] ["at:desc"] ["sor","sot"]""",
            $"{Compact(item, "chaves_principais")} {Compact(item, "campos_decisao")} {Compact(item.GetProperty("metadata"), "origens")}"
        );
        JsonElement report = JsonElement.Parse(_folder.Read("r.json")).GetProperty("congregado");
        Assert.Equal(
            (Text(item, "idempotency_key"), false),
            (Text(report, "idempotency_key"), report.GetProperty("returned").GetBoolean())
        );
    }

    /// <summary>Another output of the same rows finds the item; other rows, further back than any sample, replace it.</summary>
    [Fact]
    public void Consolidate_SameRowsAgain_LeavesTheItem_AndOtherRowsReplaceIt()
    {
        Assert.Equal(0, Consolidate("-o", "one.csv").Status);
        Assert.Contains("cong has it already", Consolidate("-o", "one.parquet").Error, StringComparison.Ordinal);
        Assert.Equal(["cong/D_T-0000000001.json"], Items());
        _folder.Write("sor.csv", "id,v,at\n1,a,2024-01-01\n2,b,2024-01-05\n3,d,\n");
        Assert.Equal(0, Consolidate("-o", "one.csv").Status);
        Assert.Contains("\"v\": \"d\"", _folder.Read("cong/D_T-0000000002.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Consolidate_ToStandardOutput_StoresTheSame()
    {
        Tool.Result run = Consolidate("-o", "-", "-q");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(5, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(["cong/D_T-0000000001.json"], Items());
    }

    [Fact]
    public void Consolidate_JourneyOnRecordButItemGone_StoresItAgain()
    {
        string[] store = ["-o", "one.csv", "--journey-store", _folder["journeys"]];
        Assert.Equal(0, Consolidate(store).Status);
        Assert.Contains("nothing to do", Consolidate(store).Error, StringComparison.Ordinal);
        File.Delete(_folder["cong/D_T-0000000001.json"]);
        Assert.Equal(0, Consolidate(store).Status);
        Assert.Equal(["cong/D_T-0000000001.json"], Items());
    }

    /// <summary>Killed between any two steps and given again: one output, one item, and the journey is completed.</summary>
    [Theory]
    [InlineData("journey-step-worked:1")]
    [InlineData("journey-step-done:1")]
    [InlineData("journey-step-started:2")]
    [InlineData("congregado-written")]
    [InlineData("journey-step-worked:2")]
    [InlineData("journey-step-done:2")]
    public void Consolidate_KilledAndGivenAgain_StoresItOnce(string point)
    {
        string[] store = ["-o", "one.csv", "--journey-store", _folder["journeys"]];
        Assert.Equal(137, Tool.Finish(Tool.Start(_folder, Words(store), [("STREAMETL_CRASH_AT", point)]), "").Status);
        Tool.Result again = Consolidate(store);
        Assert.True(again.Status == 0, again.Error);
        Assert.Equal(["cong/D_T-0000000001.json"], Items());
        Assert.Contains("nothing to do", Consolidate(store).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Consolidate_StoreThatCannotBe_FailsBeforeAnythingIsWritten()
    {
        _folder.Write("cong", "a file");
        Tool.Result run = Consolidate("-o", "one.csv");
        Assert.Equal(2, run.Status);
        Assert.False(File.Exists(_folder["one.csv"]));
    }

    [Theory]
    [InlineData("--congregado tells of what was written", "--congregado", "c", "--database", "D", "--table", "T")]
    [InlineData("--congregado needs a name", "--congregado", "c", "-o", "one.csv")]
    [InlineData("go together", "--congregado", "c", "-o", "one.csv", "--database", "D")]
    [InlineData("go together", "-o", "one.csv", "--database", "D", "--table", "T")]
    [InlineData("is not a store of congregados", "--congregado", "s3://b", "-o", "one.csv", "--database", "D", "--table", "T")]
    [InlineData("not name a table of DynamoDB", "--congregado", "dynamodb://a?b", "-o", "one.csv", "--database", "D", "--table", "T")]
    public void Consolidate_OptionsThatDoNotGoTogether_AreUsageErrors(string message, params string[] more)
    {
        Tool.Result run = Tool.Run(_folder, ["consolidate", "a=sor.csv", "--key", "id", "--decide", "at", .. more]);
        Assert.Equal(2, run.Status);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string[] Items() =>
        [.. Directory.GetFiles(_folder["cong"]).Select(f => "cong/" + Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private Tool.Result Consolidate(params string[] more) => Tool.Run(_folder, Words(more));

    private static string[] Words(string[] more) =>
        [
            "consolidate",
            "sor=sor.csv",
            "sot=sot.csv",
            "--key",
            "id",
            "--decide",
            "at:desc",
            "--database",
            "D",
            "--table",
            "T",
            "--congregado",
            "cong",
            .. more,
        ];

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static string Compact(JsonElement item, string name) => JsonSerializer.Serialize(item.GetProperty(name));
}
