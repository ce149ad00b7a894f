using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class DedupeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Dedupe_WholeRows_KeepsTheFirstInOrder()
    {
        _folder.Write("a.csv", "id,v\n1,1.5\n2,x\n1,\"1.5\"\n2,x\n3,\n3,\n");
        Tool.Result run = Tool.Run(_folder, "dedupe", "a.csv", "-o", "b.csv", "--report", "r.json");
        Assert.Equal(0, run.Status);
        Assert.Equal("id,v\n1,1.5\n2,x\n3,\n", _folder.Read("b.csv"));
        Assert.Contains("  3 duplicates removed\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, JsonDocument.Parse(_folder.Read("r.json")).RootElement.GetProperty("duplicates_removed").GetInt32());
    }

    [Theory]
    [InlineData("first", "1,a,5\n2,d,9\n")]
    [InlineData("last", "1,c,7\n2,d,9\n")]
    [InlineData("rank:desc", "1,c,7\n2,d,9\n")]
    [InlineData("rank", "1,b,2\n2,d,9\n")]
    public void Dedupe_Key_KeepsWhatTheRuleSays(string keep, string expected)
    {
        _folder.Write("a.csv", "id,v,rank\n1,a,5\n1,b,2\n2,d,9\n1,c,7\n");
        Assert.Equal(0, Tool.Run(_folder, "dedupe", "a.csv", "-o", "b.csv", "--key", "id", "--keep", keep, "-q").Status);
        string[] rows = _folder.Read("b.csv").Split('\n', 2);
        Assert.Equal("id,v,rank", rows[0]);
        Assert.Equal(
            expected.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal),
            rows[1].TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Dedupe_MisspeltKey_IsAUsageErrorWithTheNearestName()
    {
        _folder.Write("a.csv", "id,email\n1,a\n");
        Tool.Result run = Tool.Run(_folder, "dedupe", "a.csv", "-o", "b.csv", "--key", "emial");
        Assert.Equal(2, run.Status);
        Assert.Contains("'emial'", run.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'email'?", run.Error, StringComparison.Ordinal);
        Assert.Equal(["a.csv"], _folder.Files());
    }

    public void Dispose() => _folder.Dispose();
}
