using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class ConsolidateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ConsolidateTests()
    {
        _folder.Write("sor.csv", "id,v,at\n1,a,2024-01-01\n2,b,2024-01-05\n3,c,\n");
        _folder.Write("sot.csv", "id,at,w\n2,2024-01-05,x\n1,2024-01-02,y\n4,2024-01-01,z\n");
    }

    [Fact]
    public void Consolidate_TwoOrigins_KeepsTheWinnersInInputOrderAndSaysWhoWon()
    {
        Tool.Result run = Consolidate("-o", "one.csv", "--origin-column", "origem", "--report", "r.json");
        Assert.Equal(0, run.Status);
        Assert.Equal(
            "id,v,at,w,origem\n2,b,2024-01-05,,sor\n3,c,,,sor\n1,,2024-01-02,y,sot\n4,,2024-01-01,z,sot\n",
            _folder.Read("one.csv")
        );
        JsonElement report = JsonElement.Parse(_folder.Read("r.json"));
        Assert.Equal(
            """[{"name":"sor","rows":3,"winners":2},{"name":"sot","rows":3,"winners":2}]""",
            JsonSerializer.Serialize(report.GetProperty("origins"))
        );
        Assert.Equal((6, 4, 2), (Number(report, "rows_read"), Number(report, "rows_written"), Number(report, "duplicates_removed")));
        Assert.Contains("  sor: 3 rows, 2 winners\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Consolidate_WithoutOutput_ReportsAndWritesNothing()
    {
        string[] before = _folder.Files();
        Tool.Result run = Consolidate();
        Assert.Equal((0, ""), (run.Status, run.Output));
        Assert.Contains("4 rows would be written", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Files());
    }

    [Fact]
    public void Consolidate_NullsInTheKey_AreOneKeyAndSaid()
    {
        _folder.Write("nulls.csv", "id,at\n,1\n,2\n5,1\n");
        Tool.Result run = Tool.Run(_folder, "consolidate", "a=nulls.csv", "--key", "id", "--decide", "at:desc", "-o", "-");
        Assert.Equal((0, "id,at\n,2\n5,1\n"), (run.Status, run.Output));
        Assert.Contains("2 rows have a NULL in the key (id)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Consolidate_FilesOfOneOriginAndAGlob_AreOneOrigin()
    {
        Directory.CreateDirectory(_folder["day=1"]);
        File.WriteAllText(_folder["day=1/a.csv"], "id,at\n1,2025-01-01\n");
        File.WriteAllText(_folder["day=1/b.csv"], "id,at\n9,2025-01-01\n");
        Tool.Result run = Tool.Run(
            _folder,
            [
                "consolidate",
                "sot=sot.csv",
                "new=day=1/*.csv",
                "sot=sor.csv",
                "--key",
                "id",
                "--decide",
                "at:desc",
                "--report",
                "r.json",
                "-q",
            ]
        );
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(
            """[{"name":"sot","rows":6,"winners":3},{"name":"new","rows":2,"winners":2}]""",
            JsonSerializer.Serialize(JsonElement.Parse(_folder.Read("r.json")).GetProperty("origins"))
        );
    }

    private Tool.Result Consolidate(params string[] more) =>
        Tool.Run(_folder, ["consolidate", "sor=sor.csv", "sot=sot.csv", "--key", "id", "--decide", "at:desc", .. more]);

    private static int Number(JsonElement report, string name) => report.GetProperty(name).GetInt32();

    public void Dispose() => _folder.Dispose();
}
