using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Pipeline;

/// <summary>Every step of every real sequence under inferred types, held against DuckDB's join of the same files under those types: counts, keys and values.</summary>
public sealed class TypedDiffTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-typed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Diff_RealSnapshotsUnderInferredTypes_EqualsDuckDb()
    {
        if (!NodeOracle.IsInstalled(output))
        {
            return;
        }
        var cases = new List<object>();
        foreach (string name in SnapshotCorpus.Names)
        {
            JsonElement expected = SnapshotCorpus.Expected(name);
            string data = SnapshotCorpus.Build(name);
            string[] key = [.. expected.GetProperty("key").EnumerateArray().Select(k => k.GetString()!)];
            foreach (JsonElement step in expected.GetProperty("diffs").EnumerateArray())
            {
                string from = step.GetProperty("frm").GetString()!;
                string to = step.GetProperty("to").GetString()!;
                cases.Add(await DiffAsync($"{name} {from} {to}", Path.Combine(data, from), Path.Combine(data, to), key, cases.Count));
            }
        }
        string list = Path.Combine(_folder, "cases.json");
        await File.WriteAllTextAsync(list, JsonSerializer.Serialize(cases));
        string[] answers = (await NodeOracle.RunAsync("typed-diff.mjs", list)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(cases.Count, answers.Length);
        foreach (string answer in answers)
        {
            output.WriteLine(answer);
            using JsonDocument found = JsonDocument.Parse(answer);
            Assert.True(found.RootElement.GetProperty("problems").GetArrayLength() == 0, answer);
        }
    }

    private async Task<object> DiffAsync(string name, string old, string @new, string[] key, int number)
    {
        string changes = Path.Combine(_folder, $"{number}.parquet");
        var report = new RunReport { Verb = "diff" };
        await EtlRunner.RunAsync(
            new DiffOptions
            {
                Old = old,
                New = @new,
                Key = key,
                Output = changes,
                MemoryBytes = 512 << 20,
                TempDirectory = _folder,
                Threads = 2,
            },
            report,
            null,
            CancellationToken.None
        );
        var said = new
        {
            inserts = report.Inserts,
            updates = report.Updates,
            deletes = report.Deletes,
            unchanged = report.Unchanged,
            schema = report.Schema.Select(f => new { name = f.Name, type = f.Type.ToString() }),
        };
        string path = Path.Combine(_folder, $"{number}.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(said));
        return new
        {
            name,
            old,
            @new,
            changes,
            report = path,
            key,
        };
    }
}
