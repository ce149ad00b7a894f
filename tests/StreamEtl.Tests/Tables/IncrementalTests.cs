using System.Globalization;
using System.IO.Compression;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Tests.Tables;

/// <summary>Mode <c>incremental</c>: what it adds to rows, replaces, keeps and refuses. STREAMETL_MODEL_RUNS sets how many random histories.</summary>
public sealed class IncrementalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-incremental-").FullName;
    private readonly MemoryStore _store = new();
    private int _files;

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_MODEL_RUNS"), out int runs) ? runs : 60;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Incremental_RandomHistories_EqualTheDictionaryModel()
    {
        (int inserts, int updates, int unchanged, int withoutDate) = (0, 0, 0, 0);
        for (int seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            var store = new MemoryStore();
            var model = new IncrementalModel(random);
            var history = new List<Dictionary<string, string>>();
            try
            {
                for (int run = 0; run < 8; run++)
                {
                    (string csv, List<IncrementalModel.InputRow> rows) = model.Next(20_240_110 + run);
                    bool strict = random.Next(4) > 0;
                    DuplicateKeyRule rule = random.Next(3) == 0 ? DuplicateKeyRule.First : DuplicateKeyRule.Last;
                    RunReport report = await RunAsync(
                        store,
                        csv,
                        run,
                        o =>
                            o with
                            {
                                Mode = run > 0 && random.Next(2) == 0 ? null : IngestMode.Incremental,
                                PartitionDate = new DateOnly(2024, 1, 10 + run),
                                DateFieldStrict = strict,
                                OnDuplicateKey = rule,
                            }
                    );
                    model.Apply(csv, rows, 20_240_110 + run, run, strict, rule);
                    if (run > 0)
                    {
                        Assert.Equal(
                            (model.Inserts, model.Updates, 0, model.Unchanged, model.WithoutDate),
                            (
                                (int)report.Inserts,
                                (int)report.Updates,
                                (int)report.Deletes,
                                (int)report.Unchanged,
                                (int)report.ChangedWithoutDate
                            )
                        );
                        Assert.Equal(model.Inserts + model.Updates == 0, report.NothingToDo);
                    }
                    (inserts, updates) = (inserts + model.Inserts, updates + model.Updates);
                    (unchanged, withoutDate) = (unchanged + model.Unchanged, withoutDate + model.WithoutDate);
                    await CheckAsync(store, model);
                    if (!report.NothingToDo)
                    {
                        history.Add(model.Rows());
                    }
                    Assert.True(
                        (
                            await RunAsync(
                                store,
                                csv,
                                run,
                                o => o with { PartitionDate = new DateOnly(2024, 1, 10 + run), OnDuplicateKey = rule }
                            )
                        ).NothingToDo
                    );
                }
                for (int v = 1; v <= history.Count; v++)
                {
                    CommitRecord record = (await new TableLog(store, new TableLayout("t")).ReadAsync(v, default))!;
                    Assert.Equal(Sorted(history[v - 1]), Sorted(WithoutInstant(await TableReadBack.RowsAsync(store, record))));
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
        Assert.True(
            inserts > Runs && updates > Runs && unchanged > Runs && withoutDate > Runs / 2,
            $"{inserts}, {updates}, {unchanged}, {withoutDate}: too few to say anything"
        );
    }

    [Fact]
    public async Task Incremental_OverAPlainTable_KnowsNothingOfTheRowsBefore()
    {
        await RunAsync(_store, "id,v\n1,a\n2,b\n3,c\n", 0, o => o with { Mode = IngestMode.Full, PartitionDate = null });
        RunReport report = await RunAsync(_store, "id,v\n2,b\n3,d\n4,e\n", 1);
        Assert.Equal((1, 1, 0, 1), ((int)report.Inserts, (int)report.Updates, (int)report.Deletes, (int)report.Unchanged));
        string version = IncrementalModel.Version("id,v\n2,b\n3,d\n4,e\n");
        Dictionary<string, string> rows = WithoutInstant((await TableReadBack.NewestAsync(_store, "t")).Rows);
        Assert.Equal("id=1;v=a", rows["1"]);
        Assert.Equal("id=2;v=b", rows["2"]);
        Assert.Equal($"id=3;partitionDate=20240102;v=d;version={version}", rows["3"]);
        Assert.Equal($"id=4;partitionDate=20240102;v=e;version={version}", rows["4"]);
        Assert.Equal(["added", "added", "added"], report.SchemaChanges.Select(c => c.Change));
        // The table stays what it became.
        report = await RunAsync(_store, "id,v\n1,z\n", 2, o => o with { Mode = null });
        Assert.Equal((1, 0), ((int)report.Updates, (int)report.Deletes));
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() =>
            RunAsync(_store, "id,v\n1,z\n", 2, o => o with { Mode = IngestMode.Cdc, PartitionDate = null })
        );
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.False((await RunAsync(_store, "id,v\n1,z\n", 3, o => o with { Mode = IngestMode.Full, PartitionDate = null })).NothingToDo);
        Assert.Equal("id=1;v=z", Assert.Single((await TableReadBack.NewestAsync(_store, "t")).Rows).Value);
    }

    [Fact]
    public async Task Incremental_Report_CountsNullsOfEveryColumn()
    {
        RunReport report = await RunAsync(_store, "id,v,w\n1,a,\n2,,\n3,,x\n4,b,y\n", 0);
        Assert.Equal(
            ["id 0 0", "v 2 50", "w 2 50", "ingestDate 0 0", "partitionDate 0 0", "version 0 0"],
            report.Columns.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Nulls} {c.NullPercent}"))
        );
    }

    [Fact]
    public async Task Incremental_Version_IsTheMd5OfTheDecompressedInputsInOrder()
    {
        string one = Path.Combine(_folder, "one.csv.gz");
        string two = Path.Combine(_folder, "two.csv");
        await File.WriteAllTextAsync(two, "id,v\n2,b\n");
        await using (var gzip = new GZipStream(File.Create(one), CompressionLevel.Fastest))
        {
            gzip.Write("id,v\n1,a\n"u8);
        }
        foreach ((long memory, int threads) in new[] { (64_000_000L, 1), (256_000_000L, 2) })
        {
            var store = new MemoryStore();
            await IngestRun.RunAsync(
                IngestRun.Options(store, one, _folder) with
                {
                    Inputs = [one, two],
                    Mode = IngestMode.Incremental,
                    MemoryBytes = memory,
                    Threads = threads,
                }
            );
            string version = IncrementalModel.Version("id,v\n1,a\nid,v\n2,b\n");
            Assert.All(
                (await TableReadBack.NewestAsync(store, "t")).Rows.Values,
                r => Assert.EndsWith($";version={version}", r, StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("id,v,partitionDate\n1,a,20240230\n", "'20240230' is no day")]
    [InlineData("id,v,partitionDate\n1,a,soon\n", "'soon' is no day")]
    [InlineData("id,v,Version\n1,a,2\n", "column 'Version'")]
    [InlineData("id,v,ingestDate\n1,a,2\n", "column 'ingestDate'")]
    public async Task Incremental_InputThatCannotBe_IsRefused(string csv, string says)
    {
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => RunAsync(_store, csv, 0));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await TableReadBack.NewestAsync(_store, "t")).Version);
    }

    [Theory]
    [InlineData("20240102")]
    [InlineData("2024-01-02")]
    public async Task Incremental_DayOfTheInput_IsKeptAsDigits(string day)
    {
        await RunAsync(_store, $"id,v,partitionDate\n1,a,{day}\n2,b,\n", 8);
        string[] days =
        [
            .. (await TableReadBack.NewestAsync(_store, "t")).Rows.Values.Select(r => r.Split("partitionDate=")[1][..8]).Order(),
        ];
        Assert.Equal(["20240102", "20240109"], days);
    }

    [Fact]
    public async Task Incremental_CompactedVacuumedVerified_GoesOn()
    {
        using var folder = new TableFolder();
        var random = new Random(3);
        var model = new IncrementalModel(random);
        for (int run = 0; run < 9; run++)
        {
            (string csv, List<IncrementalModel.InputRow> rows) = model.Next(20_240_110 + run);
            model.Apply(csv, rows, 20_240_110 + run, run);
            await RunAsync(new LocalStore(folder.Lake), csv, run, o => o with { PartitionDate = new DateOnly(2024, 1, 10 + run) });
            if (run % 3 == 2)
            {
                await folder.CompactAsync();
                await folder.VerifyAsync();
            }
            if (run == 6)
            {
                await folder.VacuumAsync(keep: 2);
            }
            Assert.Equal(
                Sorted(model.Rows()),
                Sorted(WithoutInstant((await TableReadBack.NewestAsync(new LocalStore(folder.Lake), "t")).Rows))
            );
        }
        await folder.VerifyAsync();
        string[] lines = (await folder.ReadCsvAsync("latest", "t")).TrimEnd('\n').Split('\n');
        Assert.EndsWith(",ingestDate,partitionDate,version", lines[0], StringComparison.Ordinal);
        Assert.Equal(model.Rows().Count, lines.Length - 1);
    }

    private static async Task CheckAsync(MemoryStore store, IncrementalModel model)
    {
        Dictionary<string, string> rows = (await TableReadBack.NewestAsync(store, "t")).Rows;
        Assert.Equal(Sorted(model.Rows()), Sorted(WithoutInstant(rows)));
        // One instant for each run, and runs rise.
        var instants = new SortedDictionary<int, string>();
        foreach ((string key, int run) in model.Runs())
        {
            string instant = rows[key].Split(';').Single(v => v.StartsWith("ingestDate=", StringComparison.Ordinal));
            Assert.Equal(instants.TryAdd(run, instant) ? instant : instants[run], instant);
        }
        Assert.Equal(instants.Values.Order(StringComparer.Ordinal), instants.Values);
    }

    private async Task<RunReport> RunAsync(IObjectStore store, string csv, int run, Func<IngestOptions, IngestOptions>? with = null)
    {
        string path = Path.Combine(_folder, $"in{_files++}.csv");
        await File.WriteAllTextAsync(path, csv, new UTF8Encoding(false));
        IngestOptions options = IngestRun.Options(store, path, _folder) with
        {
            Mode = IngestMode.Incremental,
            PartitionDate = new DateOnly(2024, 1, 1 + run),
        };
        return await IngestRun.RunAsync(with?.Invoke(options) ?? options);
    }

    private static Dictionary<string, string> WithoutInstant(Dictionary<string, string> rows) =>
        rows.ToDictionary(r => r.Key, r => TableHistory.WithoutInstant(r.Value)!, StringComparer.Ordinal);

    private static string Sorted(Dictionary<string, string> rows) =>
        string.Join('\n', rows.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key}: {r.Value}"));
}
