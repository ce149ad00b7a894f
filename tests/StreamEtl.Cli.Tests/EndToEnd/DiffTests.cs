using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class DiffTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public DiffTests()
    {
        _folder.Write("old.csv", "id,name\n1,a\n2,b\n3,c\n");
        _folder.Write("new.csv", "name,id\na,1\nB,2\nd,4\n");
    }

    [Fact]
    public void Diff_TwoSnapshots_GivesTheChanges()
    {
        Tool.Result run = Tool.Run(_folder, "diff", "old.csv", "new.csv", "-o", "-", "--to", "ndjson", "--key", "id", "--report", "r.json");
        Assert.Equal(0, run.Status);
        string[] changes =
        [
            .. run
                .Output.TrimEnd('\n')
                .Split('\n')
                .Select(l => JsonDocument.Parse(l).RootElement)
                .Select(c => $"{c.GetProperty("_cdc_operation")} {c.GetProperty("id")} {c.GetProperty("name")}")
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(["D 3 c", "I 4 d", "U 2 B"], changes);
        JsonElement report = JsonDocument.Parse(_folder.Read("r.json")).RootElement;
        Assert.Equal(
            (1, 1, 1, 1),
            (Count(report, "inserts"), Count(report, "updates"), Count(report, "deletes"), Count(report, "unchanged"))
        );
        Assert.Contains("  1 insert, 1 update, 1 delete, 1 unchanged\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Diff_ExitCode_IsFiveOnlyWhenThereAreChanges()
    {
        Assert.Equal(5, Tool.Run(_folder, "diff", "old.csv", "new.csv", "-o", "c.csv", "--key", "id", "--exit-code").Status);
        Assert.Equal(0, Tool.Run(_folder, "diff", "old.csv", "old.csv", "-o", "c.csv", "--key", "id", "--exit-code").Status);
        Assert.Equal("", _folder.Read("c.csv").Split('\n', 2)[1]);
    }

    [Fact]
    public void Diff_WithoutANewerDate_IsCountedAndWarnedOf()
    {
        _folder.Write("a.csv", "id,v,d\n1,x,2024-01-01\n2,x,2024-01-01\n");
        _folder.Write("b.csv", "id,v,d\n1,y,2024-01-01\n2,y,2024-01-02\n");
        string[] line = ["diff", "a.csv", "b.csv", "-o", "c.csv", "--key", "id", "--date-field", "d", "--report", "r.json"];
        Tool.Result run = Tool.Run(_folder, line);
        Assert.Equal(0, run.Status);
        Assert.Contains("warning: ", run.Error, StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(_folder.Read("r.json")).RootElement;
        Assert.Equal((1, 1), (Count(report, "updates"), Count(report, "changed_without_date")));
        Assert.Equal(0, Tool.Run(_folder, [.. line, "--date-field-strict=false"]).Status);
        Assert.Equal(2, Count(JsonDocument.Parse(_folder.Read("r.json")).RootElement, "updates"));
    }

    [Fact]
    public void Diff_NullKey_IsMalformed()
    {
        _folder.Write("bad.csv", "id,name\n1,a\n,x\n");
        Assert.Equal(1, Tool.Run(_folder, "diff", "old.csv", "bad.csv", "-o", "c.csv", "--key", "id").Status);
        Assert.Equal(4, Tool.Run(_folder, "diff", "old.csv", "bad.csv", "-o", "c.csv", "--key", "id", "--rejects", "r.csv").Status);
        Assert.StartsWith("bad.csv,3,", _folder.Read("r.csv").Split('\n')[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab1 ;1\nCD2;2\n ÉF3;3\ngh4;4\n", "3 of 3 keys that look new equal a deleted one")]
    [InlineData("ab1;1\nCD2;2\néf3;3\nnew;4\nnewer;5\n", null)]
    [InlineData("CD2;2\nnew;3\nab1;1\n", null)]
    [InlineData("ab1;1\ncd2;2\néf3;3\ngh4;4\nAB1;5\n", null)]
    [InlineData("x;1\ny;2\n", null)]
    public void Diff_NewKeysThatAreOldOnesWrittenDifferently_AreWarnedOfWhenMost(string rows, string? warning)
    {
        _folder.Write("a.csv", "id;v\nab1;1\ncd2;2\néf3;3\ngh4;4\n");
        _folder.Write("b.csv", "id;v\n" + rows);
        foreach (string output in new[] { "c.csv", "c.parquet" })
        {
            Tool.Result run = Tool.Run(_folder, "diff", "a.csv", "b.csv", "-o", output, "--key", "id");
            Assert.Equal(0, run.Status);
            Assert.Equal(warning is not null, run.Error.Contains("warning: ", StringComparison.Ordinal));
            Assert.Contains(warning ?? "", run.Error, StringComparison.Ordinal);
        }
    }

    private static int Count(JsonElement report, string name) => report.GetProperty(name).GetInt32();

    public void Dispose() => _folder.Dispose();
}
