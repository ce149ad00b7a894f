using System.Text.Json;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Connectors.S3;
using StreamEtl.Storage;

namespace StreamEtl.Aws.Tests.EndToEnd;

/// <summary>The command with <c>s3://</c> in every place where a file may stand that is neither the data nor a table.</summary>
public sealed class S3PlacesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _root = S3Server.NewRoot();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Report_InABucket_IsThere_AlsoOfARunThatFailed()
    {
        _folder.Write("a.csv", "id,v\n1,x\n");
        Done(Run("convert", "a.csv", "-o", "out.csv", "--report", $"{_root}/runs/r.json"));
        Assert.Equal("completed", (await ReadJsonAsync("runs/r.json")).GetProperty("status").GetString());
        Assert.Equal(1, Run("convert", "missing.csv", "-o", "out.csv", "--report", $"{_root}/runs/r.json").Status);
        Assert.Equal("failed", (await ReadJsonAsync("runs/r.json")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Report_OfAConfig_InABucket_IsThere()
    {
        _folder.Write("a.csv", "id,v\n1,x\n");
        _folder.Write(
            "c.json",
            $$"""{"into":"lake","report":"{{_root}}/config.json","tables":[{"name":"t","file":"a.csv","primary_key":"id"}]}"""
        );
        Done(Run("run", "c.json"));
        Assert.Equal(1, (await ReadJsonAsync("config.json")).GetProperty("tables").GetArrayLength());
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3://bucket")]
    [InlineData("s3://bucket/a/")]
    [InlineData("gs://bucket/a")]
    public void Report_NotAnObject_IsAUsageErrorBeforeAnythingIsDone(string report)
    {
        _folder.Write("a.csv", "id,v\n1,x\n");
        Assert.Equal(2, Run("convert", "a.csv", "-o", "out.csv", "--report", report).Status);
        Assert.False(File.Exists(_folder["out.csv"]));
    }

    /// <summary>A report that cannot be written fails a run whose output stands, and is said.</summary>
    [Fact]
    public void Report_BucketThatIsNotThere_Fails()
    {
        _folder.Write("a.csv", "id,v\n1,x\n");
        Tool.Result run = Run("convert", "a.csv", "-o", "out.csv", "--report", "s3://streametl-nobucket/r.json");
        Assert.Equal(1, run.Status);
        Assert.Contains("the report cannot be written", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["out.csv"]));
    }

    [Fact]
    public void Schema_InABucket_IsTheContract()
    {
        _folder.Write("a.csv", "id,v\n1,2.50\n");
        Done(Run("schema", "infer", "a.csv", "-o", $"{_root}/schema.json"));
        Done(Run("schema", "validate", "a.csv", "--schema", $"{_root}/schema.json"));
        _folder.Write("b.csv", "id,v\nx,2.50\n");
        Tool.Result wrong = Run("convert", "b.csv", "-o", "b.ndjson", "--schema", $"{_root}/schema.json");
        Assert.Equal(1, wrong.Status);
        Assert.Contains("id", wrong.Error, StringComparison.Ordinal);
        Tool.Result missing = Run("convert", "a.csv", "-o", "a.ndjson", "--schema", $"{_root}/none.json");
        Assert.Equal(2, missing.Status);
        Assert.Contains("none.json", missing.Error, StringComparison.Ordinal);
    }

    /// <summary>A2: <c>version</c> is the MD5 of the input's bytes as <c>zcat</c> prints them, wherever the input is.</summary>
    [Theory]
    [InlineData("day.csv")]
    [InlineData("day.csv.gz")]
    [InlineData("day.parquet")]
    [InlineData("day.ndjson")]
    public async Task IngestIncremental_InputInABucket_KeepsTheSumOfItsBytes(string name)
    {
        _folder.Write("plain.csv", "id,v\n1,a\n2,b\n");
        Done(Run("convert", "plain.csv", "-o", name));
        Done(Run("convert", "plain.csv", "-o", $"{_root}/in/{name}"));
        byte[] local = await File.ReadAllBytesAsync(_folder[name]);
        await Store().WriteWholeAsync($"in/{name}", local, WriteCondition.Replace, default);
        Done(Ingest(_folder[name], "lake"));
        Done(Ingest($"{_root}/in/{name}", $"{_root}/lake"));
        Done(Run("convert", "lake/t@latest", "-o", "here.csv"));
        Done(Run("convert", $"{_root}/lake/t@latest", "-o", "there.csv"));
        string[] Versions(string file) => [.. File.ReadLines(_folder[file]).Skip(1).Select(l => l.Split(',')[^1])];
        Assert.Equal(Versions("here.csv"), Versions("there.csv"));
        if (name == "day.csv")
        {
            Assert.All(Versions("there.csv"), v => Assert.Equal("ee6704961151dda548da7bd8f78f49c3", v));
        }
        // The same again changes nothing.
        Assert.Contains("nothing to do", Ingest($"{_root}/in/{name}", $"{_root}/lake").Error, StringComparison.Ordinal);
    }

    /// <summary>A3: an object of the same name and length but other content is another journey, one that is only asked for again is none.</summary>
    [Fact]
    public async Task Journey_OverObjects_GoesByTheirTags()
    {
        string[] command =
        [
            "consolidate",
            $"a={_root}/in/*.csv",
            "--key",
            "id",
            "--decide",
            "at:desc",
            "-o",
            $"{_root}/out.csv",
            "--report",
            "r.json",
        ];
        await PutAsync("in/1.csv", "id,at,v\n1,1,a\n");
        await PutAsync("in/2.csv", "id,at,v\n2,1,a\n");
        string first = Journey(command, returned: false);
        Assert.Equal(first, Journey(command, returned: true));
        // The object written again with the same bytes has the same tag: nothing has changed.
        await PutAsync("in/2.csv", "id,at,v\n2,1,a\n");
        Assert.Equal(first, Journey(command, returned: true));
        await PutAsync("in/2.csv", "id,at,v\n2,1,b\n");
        string second = Journey(command, returned: false);
        await PutAsync("in/3.csv", "id,at,v\n3,1,b\n");
        string third = Journey(command, returned: false);
        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.Equal("id,at,v\n1,1,a\n2,1,b\n3,1,b\n", await ReadAsync("out.csv"));
        // Whoever replaces the output undoes what the journey did, so it is done again.
        await PutAsync("out.csv", "x\n");
        Assert.Equal(third, Journey(command, returned: false));
        Assert.Equal("id,at,v\n1,1,a\n2,1,b\n3,1,b\n", await ReadAsync("out.csv"));
    }

    private string Journey(string[] command, bool returned)
    {
        Done(Run(command));
        JsonElement journey = JsonElement.Parse(_folder.Read("r.json")).GetProperty("journey");
        Assert.Equal(returned, journey.GetProperty("returned").GetBoolean());
        return journey.GetProperty("idempotency_key").GetString()!;
    }

    private Tool.Result Ingest(string input, string into) =>
        Run("ingest", input, "--table", "t", "--into", into, "--key", "id", "--mode", "incremental", "--partition-date", "20240119");

    private Tool.Result Run(params string[] arguments) =>
        Tool.Finish(
            Tool.Start(_folder, arguments, [.. S3Server.Environs(S3Server.Instance.Endpoint), ("XDG_STATE_HOME", _folder[".state"])]),
            ""
        );

    private static void Done(Tool.Result run) => Assert.True(run.Status == 0, run.Error);

    private S3Store Store() => S3Server.Instance.Store(_root);

    private async Task PutAsync(string key, string text) =>
        await Store().WriteWholeAsync(key, System.Text.Encoding.UTF8.GetBytes(text), WriteCondition.Replace, default);

    private async Task<string> ReadAsync(string key) =>
        System.Text.Encoding.UTF8.GetString((await Store().ReadWholeAsync(key, 1 << 20, default))!);

    private async Task<JsonElement> ReadJsonAsync(string key) => JsonElement.Parse(await ReadAsync(key));
}
