using System.Globalization;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Tests.Pipeline;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Tables;

/// <summary>
/// Random histories of a table against a dictionary: snapshots with inserts, updates, deletes, repeated and conflicting keys, columns in another order, columns that
/// come and go, types that widen; full loads in between. After each step the table is replayed from its files, and every older version still reads as it was.
/// STREAMETL_MODEL_RUNS sets how many.
/// </summary>
public sealed class IngestModelTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-tables-").FullName;

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_MODEL_RUNS"), out int runs) ? runs : 60;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ingest_RandomHistories_EqualTheDictionaryModel()
    {
        int versions = 0;
        int same = 0;
        for (int seed = 0; seed < Runs; seed++)
        {
            try
            {
                (int made, int nothing) = await LiveAsync(seed);
                versions += made;
                same += nothing;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
        Assert.True(versions > Runs * 3 && same > Runs / 2, $"{versions} versions, {same} times nothing to do: too few to say anything");
        output.WriteLine($"{Runs} histories: {versions} versions, {same} times nothing to do");
    }

    private async Task<(int Versions, int Nothing)> LiveAsync(int seed)
    {
        var random = new Random(seed);
        var store = new MemoryStore();
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        var history = new List<Dictionary<string, string>>();
        var snapshot = new SnapshotModel(random);
        int nothing = 0;
        for (int step = 0; step < 6; step++)
        {
            if (step > 0 && random.Next(5) > 0)
            {
                snapshot.Change(random);
            }
            string path = Path.Combine(_folder, "input.csv");
            await File.WriteAllTextAsync(path, snapshot.ToCsv(random), new UTF8Encoding(false));
            IngestMode? mode = random.Next(6) == 0 ? IngestMode.Full : null;
            Dictionary<string, string> before = table;
            RunReport report = await IngestRun.RunAsync(
                IngestRun.Options(store, path, _folder) with
                {
                    Mode = mode,
                    UnitBytes = SmallInputs.DrawUnitBytes(random),
                }
            );
            table = snapshot.Rows();
            (long version, Dictionary<string, string> rows) = await TableReadBack.NewestAsync(store, "t");
            Assert.Equal(Sorted(table), Sorted(rows));
            Assert.Equal(report.TableVersion, version);
            if (report.NothingToDo)
            {
                nothing++;
                Assert.Equal(history.Count, version);
                continue;
            }
            history.Add(rows);
            Assert.Equal(history.Count, version);
            if (version > 1 && mode is null)
            {
                Assert.Equal(table.Keys.Except(before.Keys).Count(), report.Inserts);
                Assert.Equal(before.Keys.Except(table.Keys).Count(), report.Deletes);
                Assert.Equal(table.Count(r => before.TryGetValue(r.Key, out string? old) && old != r.Value), report.Updates);
            }
            await CheckHistoryAsync(store, history);
        }
        return (history.Count, nothing);
    }

    private static async Task CheckHistoryAsync(MemoryStore store, List<Dictionary<string, string>> history)
    {
        var log = new TableLog(store, new TableLayout("t"));
        for (int v = 1; v <= history.Count; v++)
        {
            CommitRecord record = (await log.ReadAsync(v, default))!;
            Assert.Equal(Sorted(history[v - 1]), Sorted(await TableReadBack.RowsAsync(store, record)));
        }
        // Everything that is there, some record names; but for what is for everybody.
        var named = new HashSet<string> { log.Layout.Published, log.Layout.PublishedNote };
        foreach (long version in await log.VersionsAsync(default))
        {
            CommitRecord record = (await log.ReadAsync(version, default))!;
            named.Add(log.Layout.Commit(version));
            named.UnionWith(record.Files.Select(f => f.Path));
            named.UnionWith(record.Ledger.Select(l => l.Path));
        }
        List<string> all = await store.ListAsync("", default).Select(o => o.Key).ToListAsync();
        Assert.Empty(all.Except(named));
    }

    private static string Sorted(Dictionary<string, string> rows) =>
        string.Join(
            '\n',
            rows.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}: {r.Value}"))
        );
}
