using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Pipeline;

/// <summary>What the footer of a Parquet file says of its origin.</summary>
public sealed class ProvenanceTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-provenance-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Convert_ToParquet_SaysWhereTheRowsComeFrom()
    {
        string input = Path.Combine(_folder, "a.csv");
        await File.WriteAllTextAsync(input, "id,city\n1,São Paulo\n2,Rio\n");
        (RunReport report, Dictionary<string, string> entries) = await ConvertAsync([input], threads: 2);
        if (entries.Count == 0)
        {
            return;
        }
        string[] names = ["created_at", "input_count", "inputs", "rows", "run_id", "schema_hash", "source_uri", "verb", "version"];
        Assert.Equal(names.Select(n => "streametl." + n), entries.Keys);
        Assert.Equal(("convert", report.RunId), (entries["streametl.verb"], entries["streametl.run_id"]));
        Assert.Equal(("2", "1", input), (entries["streametl.rows"], entries["streametl.input_count"], entries["streametl.source_uri"]));
        JsonElement source = JsonDocument.Parse(entries["streametl.inputs"]).RootElement[0];
        Assert.Equal(
            (input, 2, new FileInfo(input).Length),
            (source.GetProperty("path").GetString(), source.GetProperty("rows").GetInt32(), source.GetProperty("bytes").GetInt64())
        );
        Assert.Equal(
            report.StartedAt.ToUnixTimeMilliseconds(),
            DateTimeOffset.Parse(entries["streametl.created_at"], null).ToUnixTimeMilliseconds()
        );
    }

    [Fact]
    public async Task Convert_Again_DiffersInRunAndTimeOnly()
    {
        string[] inputs = [Path.Combine(_folder, "a.csv"), Path.Combine(_folder, "b.csv")];
        await File.WriteAllTextAsync(inputs[0], "id\n1\n");
        await File.WriteAllTextAsync(inputs[1], "id\n2\n3\n");
        (_, Dictionary<string, string> first) = await ConvertAsync(inputs, threads: 1);
        (_, Dictionary<string, string> second) = await ConvertAsync(inputs, threads: 2);
        Assert.Equal(first.Keys, second.Keys);
        string[] differing = [.. first.Where(e => second[e.Key] != e.Value).Select(e => e.Key)];
        Assert.Equal(first.Count == 0 ? [] : ["streametl.created_at", "streametl.run_id"], differing);
        Assert.DoesNotContain("streametl.source_uri", first.Keys);
    }

    /// <summary>The entries as DuckDB and hyparquet see them; none where node is not installed.</summary>
    private async Task<(RunReport Report, Dictionary<string, string> Entries)> ConvertAsync(string[] inputs, int threads)
    {
        var options = new ConvertOptions
        {
            Inputs = inputs,
            Output = Path.Combine(_folder, "out.parquet"),
            MemoryBytes = 256 << 20,
            TempDirectory = _folder,
            Threads = threads,
        };
        var report = new RunReport { Verb = "convert" };
        await EtlRunner.RunAsync(options, report, null, CancellationToken.None);
        if (!NodeOracle.IsInstalled(output))
        {
            return (report, []);
        }
        var seen = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(
            await NodeOracle.RunAsync("metadata.mjs", options.Output)
        )!;
        Assert.Equal(seen["hyparquet"], seen["duckdb"]);
        return (report, seen["hyparquet"]);
    }
}
