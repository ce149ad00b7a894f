using System.Globalization;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline;

/// <summary>
/// Verbs that read a Parquet file twice, other columns each time: what comes out must be what comes out of the same rows as CSV. The row groups are far larger than one unit, whose rows must not
/// depend on the columns that a pass reads.
/// </summary>
public sealed class ParquetPassesTests : IDisposable
{
    private const int Rows = 60_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-passes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("rank:desc")]
    [InlineData("rank")]
    public async Task Dedupe_ByKey_EqualsThatOfTheSameCsv(string keep)
    {
        string csv = await WriteAsync("table", seed: 1);
        string parquet = await ToParquetAsync(csv);
        Assert.Equal(await DedupeAsync(csv, keep), await DedupeAsync(parquet, keep));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("rank", null)]
    [InlineData(null, "text")]
    public async Task Diff_OfParquet_EqualsThatOfTheSameCsv(string? compare, string? ignore)
    {
        string old = await WriteAsync("old", seed: 1);
        string now = await WriteAsync("new", seed: 2);
        string expected = await DiffAsync(old, now, compare, ignore);
        Assert.True(expected.Count(c => c == '\n') is > Rows / 100 and < Rows / 2, "a part of the rows has changed");
        string oldParquet = await ToParquetAsync(old);
        string newParquet = await ToParquetAsync(now);
        Assert.Equal(expected, await DiffAsync(oldParquet, now, compare, ignore));
        Assert.Equal(expected, await DiffAsync(old, newParquet, compare, ignore));
        Assert.Equal(expected, await DiffAsync(oldParquet, newParquet, compare, ignore));
    }

    [Fact]
    public async Task Consolidate_OfParquet_EqualsThatOfTheSameCsv()
    {
        string one = await WriteAsync("one", seed: 1);
        string two = await WriteAsync("two", seed: 2);
        string expected = await ConsolidateAsync(one, two);
        Assert.Equal(expected, await ConsolidateAsync(await ToParquetAsync(one), await ToParquetAsync(two)));
    }

    /// <summary>The same rows for every seed, but for some that are gone, changed, and there twice; some have no key.</summary>
    private async Task<string> WriteAsync(string name, int seed)
    {
        var table = new Random(0);
        var changes = new Random(seed);
        var text = new StringBuilder("id,rank,text,more\n");
        for (int i = 0; i < Rows; i++)
        {
            string padding = new((char)('a' + table.Next(26)), table.Next(60, 120));
            int rank = table.Next(1000);
            if (changes.Next(60) == 0)
            {
                continue;
            }
            string id = changes.Next(5000) == 0 ? "" : i.ToString(CultureInfo.InvariantCulture);
            rank += changes.Next(60) == 0 ? 1 : 0;
            string changed = changes.Next(60) == 0 ? "!" : "";
            for (int copies = changes.Next(60) == 0 ? 2 : 1; copies > 0; copies--)
            {
                text.Append(CultureInfo.InvariantCulture, $"{id},{rank + copies},{padding}{changed},{padding}\n");
            }
        }
        string path = Path.Combine(_folder, name + ".csv");
        await File.WriteAllTextAsync(path, text.ToString());
        return path;
    }

    private async Task<string> ToParquetAsync(string csv)
    {
        string parquet = Path.ChangeExtension(csv, ".parquet");
        await EtlRunner.RunAsync(
            new ConvertOptions
            {
                Inputs = [csv],
                Output = parquet,
                InferTypes = true,
                TempDirectory = _folder,
                Threads = 2,
            },
            new RunReport { Verb = "convert" },
            null,
            CancellationToken.None
        );
        return parquet;
    }

    private Task<string> DedupeAsync(string input, string keep) =>
        RunAsync(
            new DedupeOptions
            {
                Inputs = [input],
                Key = ["id"],
                Keep = keep.Length == 0 ? [] : [new KeepRule(keep.Split(':')[0], keep.EndsWith("desc", StringComparison.Ordinal))],
                Output = Path.Combine(_folder, "out.csv"),
                RejectMalformed = true,
            }
        );

    private Task<string> DiffAsync(string old, string now, string? compare, string? ignore) =>
        RunAsync(
            new DiffOptions
            {
                Old = old,
                New = now,
                Key = ["id"],
                Compare = compare is null ? null : [compare],
                Ignore = ignore is null ? [] : [ignore],
                Output = Path.Combine(_folder, "out.csv"),
                RejectMalformed = true,
            }
        );

    private Task<string> ConsolidateAsync(string one, string two) =>
        RunAsync(
            new ConsolidateOptions
            {
                Origins = [new ConsolidateOrigin("one", [one]), new ConsolidateOrigin("two", [two])],
                Key = ["id"],
                Decide = [new KeepRule("rank", Descending: true)],
                Output = Path.Combine(_folder, "out.csv"),
                RejectMalformed = true,
            }
        );

    /// <summary>The smallest memory makes the units small too.</summary>
    private async Task<string> RunAsync(JobOptions options)
    {
        await EtlRunner.RunAsync(
            options with
            {
                InferTypes = true,
                MemoryBytes = 64 << 20,
                TempDirectory = _folder,
                Threads = 2,
            },
            new RunReport { Verb = "test" },
            null,
            CancellationToken.None
        );
        return CdcTimestamp.Mask(await File.ReadAllTextAsync(options.Output!));
    }
}
