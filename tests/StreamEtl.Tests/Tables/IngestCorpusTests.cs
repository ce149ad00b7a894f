using System.Text.Json;
using System.Text.RegularExpressions;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Storage;
using StreamEtl.Tests.Pipeline;

namespace StreamEtl.Tests.Tables;

/// <summary>D1, D2: the real sequences, ingested day after day. The change files replayed over the first load are each day's dump, and the two real incidents are stopped.</summary>
public sealed partial class IngestCorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-days-").FullName;

    public static TheoryData<string> Sequences => [.. SnapshotCorpus.Names];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task Ingest_DayAfterDay_ReplaysToEachDaysDump(string name)
    {
        JsonElement expected = SnapshotCorpus.Expected(name);
        string data = SnapshotCorpus.Build(name);
        string[] key = [.. expected.GetProperty("key").EnumerateArray().Select(k => k.GetString()!)];
        var store = new MemoryStore();
        int stopped = 0;
        long before = 0;
        foreach (JsonElement version in expected.GetProperty("versions").EnumerateArray())
        {
            string path = Path.Combine(data, version.GetProperty("name").GetString()!);
            var options = IngestRun.Options(store, path, _folder) with
            {
                Key = key,
                InferTypes = false,
                MaxDeletePercent = 20,
                AllowEmpty = false,
                AllowTruncated = false,
            };
            try
            {
                await IngestRun.RunAsync(options);
            }
            catch (StreamEtlException e) when (e.Kind is ErrorKind.EmptySnapshot or ErrorKind.MassDeletion)
            {
                stopped++;
                Assert.Equal(before, (await TableReadBack.NewestAsync(store, "t")).Version);
                await IngestRun.RunAsync(options with { MaxDeletePercent = 100, AllowEmpty = true });
            }
            (before, Dictionary<string, string> rows) = await TableReadBack.NewestAsync(store, "t");
            Assert.Equal(WithoutCase(await ReadDayAsync(path, key)), WithoutCase(rows));
        }
        // One day a file was empty, and its table then came back; another day every key changed its case.
        Assert.Equal(
            name.Contains("incident", StringComparison.Ordinal) || name.Contains("key-case", StringComparison.Ordinal) ? 1 : 0,
            stopped
        );
    }

    /// <summary>A table keeps the names of columns as its first load spelled them; one real header changed its case.</summary>
    private static Dictionary<string, string> WithoutCase(Dictionary<string, string> rows) =>
        rows.ToDictionary(r => r.Key, r => ColumnName().Replace(r.Value, name => name.Value.ToUpperInvariant()), StringComparer.Ordinal);

    [GeneratedRegex("(?<=^|;)[^=;]*=", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ColumnName();

    /// <summary>The day's dump as a table of its own, first load: the same rows must come out.</summary>
    private async Task<Dictionary<string, string>> ReadDayAsync(string path, string[] key)
    {
        if (new FileInfo(path).Length == 0)
        {
            return [];
        }
        var store = new MemoryStore();
        RunReport report = await IngestRun.RunAsync(IngestRun.Options(store, path, _folder) with { Key = key, InferTypes = false });
        Assert.Equal(1, report.TableVersion);
        return (await TableReadBack.NewestAsync(store, "t")).Rows;
    }
}
