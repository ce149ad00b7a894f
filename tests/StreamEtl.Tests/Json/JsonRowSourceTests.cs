using System.Globalization;
using System.Text;
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

    /// <summary>Several threads look for keys in pieces of the input; the order is that of the input all the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Convert_KeysThatComeLate_StandInTheOrderOfTheInput(int threads)
    {
        var random = new Random(5);
        var keys = new List<string> { "id" };
        var input = new StringBuilder();
        for (int i = 0; input.Length < 9 << 20; i++)
        {
            if (i % 997 == 500)
            {
                keys.Insert(random.Next(keys.Count), $"k{i}");
            }
            input.Append('{').AppendJoin(',', keys.Where((_, k) => k == 0 || random.Next(8) > 0).Select(k => $"\"{k}\":{i}")).Append("}\n");
        }
        string[] expected = [.. input.ToString().Split('\n').SelectMany(l => l.Split('"').Where((_, p) => p % 2 == 1)).Distinct()];
        (_, RunReport report) = await ConvertAsync(input.ToString(), "in.ndjson", threads);
        Assert.Equal(expected, report.Schema.Select(f => f.Name));
        Assert.All(report.Schema, f => Assert.Equal("integer", f.Type.ToString()));
    }

    /// <summary>Names and texts with escapes are those that they stand for, wherever in the record they are; the last value of a name counts, and NULL is none.</summary>
    [Fact]
    public async Task Convert_EscapesAndRepeatedNames_AreWhatTheyStandFor()
    {
        const string Input = """
            {"\u0061b":"x\ty","n":"1\u0030","o":{"a\"":"\u00e9"}}
            {"n":"20","ab":"\\","ab":"last","o":null}
            {"o":[1,"\n"],"ab":"kept","ab":null}
            """;
        (string output, _) = await ConvertAsync(Input, "in.ndjson");
        string[] expected =
        [
            """{"ab":"x\ty","n":"10","o":"{\"a\\\"\":\"\\u00e9\"}"}""",
            """{"ab":"last","n":"20","o":null}""",
            """{"ab":"kept","n":null,"o":"[1,\"\\n\"]"}""",
        ];
        Assert.Equal(expected, output.TrimEnd('\n').Split('\n'));
    }

    /// <summary>Nothing of a record that turns out to be malformed stays for the next.</summary>
    [Fact]
    public async Task Convert_RecordThatEndsEarly_LeavesNothingBehind()
    {
        (string output, RunReport report) = await ConvertAsync(
            "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"left\",\n{\"a\":3}\n{\"a\":4,\"b\":\"\\u0079\"} {}\n{\"a\":5}",
            "in.ndjson",
            rejects: true
        );
        Assert.Equal("{\"a\":1,\"b\":\"x\"}\n{\"a\":3,\"b\":null}\n{\"a\":5,\"b\":null}\n", output);
        Assert.Equal(2, report.RowsRejected);
    }

    private async Task<(string Output, RunReport Report)> ConvertAsync(string input, string name, int threads = 2, bool rejects = false)
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
                Threads = threads,
                RejectMalformed = rejects,
                RejectsPath = rejects ? Path.Combine(_folder, "rejects.csv") : null,
            },
            report,
            null,
            CancellationToken.None
        );
        return (await File.ReadAllTextAsync(output), report);
    }
}
