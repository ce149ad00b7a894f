using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline;

/// <summary>What a consolidation remembers of what it wrote, against the lines of the NDJSON that it writes of the same rows.</summary>
public sealed class RowSampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-sample-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("out.ndjson", null)]
    [InlineData("out.csv", null)]
    [InlineData("out.csv", "origem")]
    [InlineData("out.parquet", "origem")]
    public async Task Sample_OfAnyFormat_IsTheFirstRowsAsJson(string output, string? origin)
    {
        RowSample sample = await RunAsync(output, new RowSample(1000, 1 << 20), rows: 20_000, origin);
        await RunAsync("expected.ndjson", null, rows: 20_000, origin);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(_folder, "expected.ndjson"));
        Assert.Equal(lines.Length, sample.Count);
        Assert.Equal(lines.Take(1000), sample.Rows.Select(System.Text.Encoding.UTF8.GetString));
        Assert.True(sample.IsComplete);
    }

    [Fact]
    public async Task Sample_OfTextOutput_LeavesTheOutputAsItIs()
    {
        await RunAsync("with.csv", new RowSample(10, 1 << 20), rows: 5000, "o");
        await RunAsync("without.csv", null, rows: 5000, "o");
        Assert.Equal(await File.ReadAllTextAsync(At("without.csv")), await File.ReadAllTextAsync(At("with.csv")));
    }

    [Fact]
    public async Task Sample_BytesAtMost_AreNotExceeded()
    {
        RowSample sample = await RunAsync("out.csv", new RowSample(int.MaxValue, 10_000), rows: 20_000, null);
        Assert.InRange(sample.Rows.Sum(r => r.Length), 9_000, 10_000);
        Assert.True(sample.Count > sample.Rows.Count);
    }

    /// <summary>A value beyond the sample of types contradicts one of them, so the output is written twice: it counts once.</summary>
    [Fact]
    public async Task Sample_OfARunThatBeganAgain_IsOfTheLastAttempt()
    {
        RowSample sample = await RunAsync("out.csv", new RowSample(3, 1 << 20), rows: 200_000, null, last: "x");
        Assert.Equal(200_001, sample.Count);
        Assert.All(sample.Rows, r => Assert.Contains("\"v\":\"0", System.Text.Encoding.UTF8.GetString(r), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Digest_SameRowsInAnotherOrderOrFormat_IsTheSame_AndOtherRowsAreNot()
    {
        string first = (await RunAsync("out.csv", new RowSample(1, 1 << 20), rows: 5000, null)).Digest;
        string parquet = (await RunAsync("out.parquet", new RowSample(1, 1 << 20), rows: 5000, "o")).Digest;
        string reversed = (await RunAsync("out.csv", new RowSample(1, 1 << 20), rows: 5000, null, reversed: true)).Digest;
        string other = (await RunAsync("out.csv", new RowSample(1, 1 << 20), rows: 5000, null, last: "0.07")).Digest;
        Assert.Equal((first, first), (parquet, reversed));
        Assert.NotEqual(first, other);
        Assert.Equal(32, first.Length);
    }

    private string At(string name) => Path.Combine(_folder, name);

    /// <summary>Two origins of which each wins half of the keys.</summary>
    private async Task<RowSample> RunAsync(
        string output,
        RowSample? sample,
        int rows,
        string? origin,
        string last = "0.05",
        bool reversed = false
    )
    {
        IEnumerable<int> order = reversed ? Enumerable.Range(0, rows).Reverse() : Enumerable.Range(0, rows);
        foreach (string name in new[] { "a", "b" })
        {
            var text = new StringBuilder("id,at,v,t\n");
            foreach (int i in order)
            {
                int at = (i % 2 == 0) == (name == "a") ? 2 : 1;
                text.Append($"{i},0{at}/12/2024,{(i == rows - 1 ? last : "0.50")},\"t \"\"{i % 7}\"\"\"\n");
            }
            text.Append("-1,31/12/2023,,\n");
            await File.WriteAllTextAsync(At(name + ".csv"), text.ToString());
        }
        await EtlRunner.RunAsync(
            new ConsolidateOptions
            {
                Origins = [new ConsolidateOrigin("a", [At("a.csv")]), new ConsolidateOrigin("b", [At("b.csv")])],
                Key = ["id"],
                Decide = [new KeepRule("at", Descending: true)],
                OriginColumn = origin,
                Sample = sample,
                Output = At(output),
                MemoryBytes = 256 << 20,
                TempDirectory = _folder,
                Threads = 2,
            },
            new RunReport { Verb = "consolidate" },
            null,
            CancellationToken.None
        );
        return sample ?? new RowSample(0, 0);
    }
}
