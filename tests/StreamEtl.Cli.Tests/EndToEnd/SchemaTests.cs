using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class SchemaTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Infer_ThenValidate_Agree()
    {
        _folder.Write("a.csv", "id,total,cep\n1,1.50,00123\n2,20,04567\n");
        Tool.Result run = Tool.Run(_folder, "schema", "infer", "a.csv", "-q");
        Assert.Equal(0, run.Status);
        Assert.Equal(
            ["id integer", "total decimal(18,2)", "cep text"],
            JsonDocument
                .Parse(run.Output)
                .RootElement.GetProperty("fields")
                .EnumerateArray()
                .Select(f => $"{f.GetProperty("name")} {f.GetProperty("type")}")
        );
        Assert.Equal(0, Tool.Run(_folder, "schema", "infer", "a.csv", "-o", "s.json").Status);
        Assert.Equal(run.Output, _folder.Read("s.json"));
        Assert.Equal(0, Tool.Run(_folder, "schema", "validate", "a.csv", "--schema", "s.json").Status);
    }

    [Fact]
    public void Infer_MalformedRow_FollowsThePolicy()
    {
        _folder.Write("a.csv", "id,name\n1,a\n2,b,c\n3,d\n");
        Tool.Result run = Tool.Run(_folder, "schema", "infer", "a.csv");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("  at: a.csv:3 (byte 12", run.Error, StringComparison.Ordinal);
        run = Tool.Run(_folder, "schema", "infer", "a.csv", "-o", "s.json", "--rejects", "bad.csv");
        Assert.Equal(4, run.Status);
        Assert.Contains("a.csv  2 columns  3 rows", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("a.csv,3,12,", _folder.Read("bad.csv").Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WrongValue_HasItsPlace()
    {
        _folder.Write("s.json", """{"fields": [{"name": "id", "type": "integer"}]}""");
        _folder.Write("a.csv", "id\n1\nx\n");
        Tool.Result run = Tool.Run(_folder, "schema", "validate", "a.csv", "--schema", "s.json");
        Assert.Equal(1, run.Status);
        Assert.Contains("  at: a.csv:3 (byte 5, column 'id')\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(4, Tool.Run(_folder, "schema", "validate", "a.csv", "--schema", "s.json", "--on-error", "reject").Status);
    }

    [Fact]
    public void Validate_MissingColumn_IsStatusOne()
    {
        _folder.Write("s.json", """{"fields": [{"name": "id", "type": "integer"}, {"name": "b", "type": "text"}]}""");
        _folder.Write("a.csv", "id\n1\n");
        Assert.Equal(1, Tool.Run(_folder, "schema", "validate", "a.csv", "--schema", "s.json").Status);
    }

    [Theory]
    [InlineData("{\"fields\": 1}")]
    [InlineData("no json")]
    [InlineData("{\"fields\": [{\"name\": \"id\", \"type\": \"intger\"}]}")]
    public void Schema_Wrong_IsAUsageError(string json)
    {
        _folder.Write("s.json", json);
        _folder.Write("a.csv", "id\n1\n");
        Tool.Result run = Tool.Run(_folder, "convert", "a.csv", "-o", "b.csv", "--schema", "s.json");
        Assert.Equal(2, run.Status);
        Assert.Contains("s.json", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_MissingFile_IsAUsageError() =>
        Assert.Equal(2, Tool.Run(_folder, "convert", "a.csv", "-o", "b.csv", "--schema", "none.json").Status);

    public void Dispose() => _folder.Dispose();
}
