using System.Globalization;
using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Json;

/// <summary>JSON in, through the whole engine, held against System.Text.Json's document model.</summary>
public sealed class JsonRowSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-json-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Convert_MixedKeys_UnionOfColumnsAndTypesOverTheWholeInput()
    {
        const string Input = """
            {"id":1,"price":1.5,"ok":true,"at":"2024-01-31","tags":["a",{"b":1}],"x":null}
            {"id":2,"price":10,"ok":false,"at":"2024-02-29","name":"caf\u00e9 \"x\""}

            {"id":3,"price":1.25,"at":"2023-12-31","x":"late"}
            """;
        (string output, RunReport report) = await ConvertAsync(Input, "in.ndjson");
        Assert.Equal(
            [
                """{"id":1,"price":1.50,"ok":true,"at":"2024-01-31","tags":"[\"a\",{\"b\":1}]","x":null,"name":null}""",
                """{"id":2,"price":10.00,"ok":false,"at":"2024-02-29","tags":null,"x":null,"name":"café \"x\""}""",
                """{"id":3,"price":1.25,"ok":null,"at":"2023-12-31","tags":null,"x":"late","name":null}""",
            ],
            output.TrimEnd('\n').Split('\n')
        );
        Assert.Equal("integer,decimal(18,2),boolean,date,text,text,text", string.Join(',', report.Schema.Select(f => f.Type)));
    }

    [Theory]
    [InlineData("[\n {\"a\": 1, \"b\": \"[,]\"} ,\n {\"a\": 2, \"b\": \"}\\\"{\"}\n]\n")]
    [InlineData("[{\"a\":1,\"b\":\"[,]\"},{\"a\":2,\"b\":\"}\\\"{\"}]")]
    public async Task Convert_Array_ElementsAreRows(string input)
    {
        (string output, _) = await ConvertAsync(input, "in.json");
        Assert.Equal("{\"a\":1,\"b\":\"[,]\"}\n{\"a\":2,\"b\":\"}\\\"{\"}\n", output);
    }

    [Fact]
    public async Task Convert_MalformedLine_IsAnErrorWithItsPlace()
    {
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() =>
            ConvertAsync("{\"a\":1}\n{\"a\":}\n{\"a\":3}\n", "in.ndjson")
        );
        Assert.Equal(ErrorKind.InvalidJson, e.Kind);
        Assert.Equal(2, e.Position!.Value.Line);
        Assert.Equal(8, e.Position.Value.ByteOffset);
    }

    [Fact]
    public async Task Convert_RandomRows_ComeBackAsTheyWere()
    {
        var random = new Random(20_261_121);
        var lines = new List<string>();
        for (int i = 0; i < 5000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => "ab\"\\\n,é\u0001"[random.Next(8)])]);
            string number = random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture);
            lines.Add($"{{\"n\":{number},\"s\":{JsonSerializer.Serialize(text)}}}");
        }
        (string output, _) = await ConvertAsync(string.Join('\n', lines), "in.ndjson");
        string[] rows = output.TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Count, rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            using JsonDocument expected = JsonDocument.Parse(lines[i]);
            using JsonDocument actual = JsonDocument.Parse(rows[i]);
            Assert.Equal(expected.RootElement.GetProperty("n").GetInt32(), actual.RootElement.GetProperty("n").GetInt32());
            Assert.Equal(expected.RootElement.GetProperty("s").GetString(), actual.RootElement.GetProperty("s").GetString());
        }
    }

    private async Task<(string Output, RunReport Report)> ConvertAsync(string input, string name)
    {
        string path = Path.Combine(_folder, name);
        string output = Path.Combine(_folder, "out.ndjson");
        await File.WriteAllTextAsync(path, input);
        var report = new RunReport { Verb = "convert" };
        await EtlRunner.RunAsync(
            new ConvertOptions
            {
                Inputs = [path],
                Output = output,
                MemoryBytes = 256 << 20,
                TempDirectory = _folder,
                Threads = 2,
            },
            report,
            null,
            CancellationToken.None
        );
        return (await File.ReadAllTextAsync(output), report);
    }
}
