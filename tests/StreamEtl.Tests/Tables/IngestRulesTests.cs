using System.Globalization;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Tests.Tables;

/// <summary>What ingest refuses, remembers and keeps.</summary>
public sealed class IngestRulesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-rules-").FullName;
    private readonly MemoryStore _store = new();
    private int _files;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ingest_EmptyFile_IsStoppedUnlessAllowed()
    {
        await IngestAsync("id,v\n1,a\n2,b\n");
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => IngestAsync("", o => o with { AllowEmpty = false }));
        Assert.Equal(ErrorKind.EmptySnapshot, error.Kind);
        Assert.Contains("--allow-empty", error.Hint, StringComparison.Ordinal);
        Assert.Equal(2, (await RowsAsync()).Count);
        await IngestAsync("", o => o with { MaxDeletePercent = 20 });
        Assert.Empty(await RowsAsync());
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(21, true)]
    public async Task Ingest_ManyKeysGone_IsStoppedBeyondTheShare(int gone, bool stops)
    {
        await IngestAsync(Numbered(0, 100));
        Task<RunReport> run = IngestAsync(Numbered(gone, 100), o => o with { MaxDeletePercent = 20 });
        if (stops)
        {
            StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => run);
            Assert.Equal(ErrorKind.MassDeletion, error.Kind);
            Assert.Contains("21 of the 100 keys", error.Message, StringComparison.Ordinal);
            Assert.Equal(100, (await RowsAsync()).Count);
        }
        else
        {
            Assert.Equal(gone, (await run).Deletes);
            Assert.Equal(100 - gone, (await RowsAsync()).Count);
        }
    }

    [Fact]
    public async Task Ingest_LastLineCutOff_IsStoppedWhereEarlierOnesWereNot()
    {
        await IngestAsync("id,v\n1,abc\n2,def\n");
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() =>
            IngestAsync("id,v\n1,abc\n2,de", o => o with { AllowTruncated = false })
        );
        Assert.Equal(ErrorKind.TruncatedInput, error.Kind);
        Assert.Equal(1, (await IngestAsync("id,v\n1,abc\n2,de")).Updates);
    }

    [Fact]
    public async Task Ingest_SourceWithoutLastLineBreak_IsNotCutOff()
    {
        await IngestAsync("id,v\n1,abc\n2,def");
        Assert.Equal(1, (await IngestAsync("id,v\n1,abc\n2,de", o => o with { AllowTruncated = false })).Updates);
    }

    [Fact]
    public async Task Ingest_MalformedRowsWithReadableKeys_AreHeld()
    {
        await IngestAsync("v,id,w\na,1,x\nb,2,x\nc,3,x\nd,4,x\ne,5,x\nf,6,x\n");
        // 2 has a field too many, 3 is not UTF-8, 4 has too few to know, 5 is there again in good order, 6 is simply gone.
        string path = Write("");
        byte[] bytes = [.. "v,id,w\na,1,y\nb,2,x,more\nc\u0001,3,x\nd\n5,5\ne,5,z\n"u8];
        bytes[bytes.AsSpan().IndexOf((byte)1)] = 0xFF;
        await File.WriteAllBytesAsync(path, bytes);
        RunReport report = await IngestRun.RunAsync(
            IngestRun.Options(_store, path, _folder) with
            {
                RejectMalformed = true,
                Encoding = "utf-8",
            }
        );
        Assert.Equal((0, 2, 2, 2, 4), (report.Inserts, report.Updates, report.Deletes, report.Held, report.RowsRejected));
        Assert.Equal(["1", "2", "3", "5"], (await RowsAsync()).Keys.Order());
        Assert.Equal("id=2;v=b;w=x", (await RowsAsync())["2"]);
    }

    [Fact]
    public async Task Ingest_ValueAgainstTheSchema_HoldsItsKey()
    {
        Field[] schema = [new("id", ColumnType.Integer), new("v", ColumnType.Integer)];
        await IngestAsync("id,v\n1,1\n2,2\n3,3\n", o => o with { Schema = schema });
        RunReport report = await IngestAsync("id,v\n1,1\n2,two\nthree,3\n", o => o with { Schema = schema, RejectMalformed = true });
        Assert.Equal((1, 1, 2), (report.Deletes, report.Held, report.RowsRejected));
        Assert.Equal(["1", "2"], (await RowsAsync()).Keys.Order());
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("parquet")]
    public async Task Ingest_MalformedRowOfAnotherFormat_HoldsItsKey(string format)
    {
        Field[] schema = [new("id", ColumnType.Integer, Nullable: false), new("v", ColumnType.Integer, Nullable: false)];
        await IngestAsync("id,v\n1,1\n2,2\n3,3\n", o => o with { Schema = schema });
        string path = Path.Combine(_folder, "next." + format);
        if (format == "ndjson")
        {
            await File.WriteAllTextAsync(path, "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":\"two\"}\n{\"id\":\"three\",\"v\":3}\n");
        }
        else
        {
            var convert = new ConvertOptions
            {
                Inputs = [Write("id,v\n1,1\n2,\n,3\n")],
                Output = path,
                MemoryBytes = 128 << 20,
                TempDirectory = _folder,
                Threads = 1,
            };
            await EtlRunner.RunAsync(convert, new RunReport { Verb = "convert" }, null, CancellationToken.None);
        }
        RunReport report = await IngestRun.RunAsync(
            IngestRun.Options(_store, path, _folder) with
            {
                Schema = schema,
                RejectMalformed = true,
            }
        );
        Assert.Equal((1, 1, 2), (report.Deletes, report.Held, report.RowsRejected));
        Assert.Equal(["1", "2"], (await RowsAsync()).Keys.Order());
    }

    [Fact]
    public async Task Ingest_InputEndsInsideQuotes_IsStopped()
    {
        await IngestAsync("id,v\n1,a\n2,b\n");
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() =>
            IngestAsync("id,v\n1,a\n2,\"b\n", o => o with { RejectMalformed = true, AllowTruncated = false })
        );
        Assert.Equal(ErrorKind.TruncatedInput, error.Kind);
    }

    [Fact]
    public async Task Ingest_SchemaChange_FollowsOrFails()
    {
        await IngestAsync("id,v\n1,2\n");
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() =>
            IngestAsync("id,v,w\n1,2.5,x\n", o => o with { SchemaChange = SchemaChangeRule.Fail })
        );
        Assert.Equal(ErrorKind.SchemaChanged, error.Kind);
        RunReport report = await IngestAsync("id,v,w\n1,2.5,x\n");
        Assert.Equal(["v integer -> decimal(38,1)", "w added"], report.SchemaChanges.Select(c => $"{c.Column} {c.Change}"));
        report = await IngestAsync("ID,w\n1,x\n");
        Assert.Equal(["id renamed to 'ID' (case only)", "v dropped"], report.SchemaChanges.Select(c => $"{c.Column} {c.Change}"));
        Assert.Equal(["id", "v", "w"], report.Schema.Select(f => f.Name));
        Assert.Equal("id=1;w=x", (await RowsAsync())["1"]);
    }

    [Fact]
    public async Task Ingest_DateField_OnlyNewerRowsAreUpdates()
    {
        await IngestAsync("id,v,d\n1,a,2024-01-02\n2,b,2024-01-02\n3,c,2024-01-02\n", o => o with { DateField = "d" });
        RunReport report = await IngestAsync("id,v,d\n1,A,2024-01-03\n2,B,2024-01-02\n3,C,2024-01-01\n");
        Assert.Equal((1, 2, 0), (report.Updates, report.ChangedWithoutDate, report.Unchanged));
        Assert.Equal("d=2024-01-02;id=2;v=b", (await RowsAsync())["2"]);
        report = await IngestAsync("id,v,d\n1,A,2024-01-03\n2,B,2024-01-02\n3,C,2024-01-01\n", o => o with { DateFieldStrict = false });
        Assert.Equal((2, 0, 1), (report.Updates, report.ChangedWithoutDate, report.Unchanged));
    }

    [Fact]
    public async Task Ingest_OtherKeyThanTheTables_IsRefused()
    {
        await IngestAsync("id,v\n1,a\n");
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() =>
            IngestAsync("id,v\n1,a\n", o => o with { Key = ["v"] })
        );
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.True((await IngestAsync("id,v\n1,a\n", o => o with { Key = [] })).NothingToDo);
    }

    [Fact]
    public async Task Ingest_IgnoredColumn_MakesNoUpdateAndIsRemembered()
    {
        await IngestAsync("id,v,seen\n1,a,1\n", o => o with { Ignore = ["seen"] });
        Assert.True((await IngestAsync("id,v,seen\n1,a,2\n")).NothingToDo);
        Assert.Equal(1, (await IngestAsync("id,v,seen\n1,b,3\n")).Updates);
        Assert.Equal("id=1;seen=3;v=b", (await RowsAsync())["1"]);
    }

    [Theory]
    [InlineData("id,v\nA1 ,1\nb2,2\nC3,3\n", "3 of 3 keys that look new equal a deleted one")]
    [InlineData("id,v\nd4,1\ne5,2\nC3,3\n", null)]
    public async Task Ingest_KeysWrittenOtherwise_AreWarnedOf(string next, string? warning)
    {
        await IngestAsync("id,v\na1,1\nB2,2\nc3,3\n");
        RunReport report = await IngestAsync(next);
        Assert.Equal((3, 3), (report.Inserts, report.Deletes));
        Assert.Equal(warning is not null, report.Warnings.Any(w => w.Contains(warning ?? "look new", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ingest_TwoAtOnce_BothAreKept()
    {
        await IngestAsync(Numbered(0, 50));
        for (int round = 0; round < 10; round++)
        {
            string first = Write(Numbered(0, 60 + (round * 2)));
            string second = Write(Numbered(0, 61 + (round * 2)));
            RunReport[] reports = await Task.WhenAll(
                IngestRun.RunAsync(IngestRun.Options(_store, first, _folder)),
                IngestRun.RunAsync(IngestRun.Options(_store, second, _folder))
            );
            // Whichever came second went on from the first; the last version is that one's input.
            RunReport last = reports.MaxBy(r => r.TableVersion)!;
            Assert.Equal(last == reports[0] ? 60 + (round * 2) : 61 + (round * 2), (await RowsAsync()).Count);
            Assert.Equal(2, reports.Select(r => r.TableVersion).Distinct().Count());
        }
        await TableLeftovers.RequireNoneAsync(_store, "t");
    }

    [Fact]
    public async Task Ingest_MoreThanMemoryHolds_SpillsAndIsRight()
    {
        const int Rows = 700_000;
        IngestOptions Small(IngestOptions o) => o with { MemoryBytes = FlowPlan.SmallestMemory };
        RunReport load = await IngestAsync(Numbered(0, Rows), Small);
        RunReport change = await IngestAsync(Numbered(1000, Rows + 500), Small);
        Assert.Equal((500, 0, 1000), (change.Inserts, change.Updates, change.Deletes));
        Assert.True((await IngestAsync(Numbered(1000, Rows + 500), Small)).NothingToDo);
        RunReport all = await IngestAsync(Numbered(1000, Rows + 500, "other"), Small);
        Assert.Equal((0, Rows - 500, 0), (all.Inserts, all.Updates, all.Deletes));
        Assert.True(load.SpilledBytes > 0 && all.SpilledBytes > 0, $"spilled {load.SpilledBytes} and {all.SpilledBytes}");
        Assert.True((await IngestAsync(Numbered(1000, Rows + 500, "other"), Small)).NothingToDo);
    }

    [Fact]
    public async Task Ledger_Damaged_IsFoundBeforeAnythingIsCommitted()
    {
        await IngestAsync(Numbered(0, 300));
        string key = (await _store.ListAsync("_streametl/t/ledger/", default).SingleAsync()).Key;
        byte[] bytes = (await _store.ReadWholeAsync(key, 1 << 20, default))!;
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            await _store.WriteWholeAsync(key, i % 10 == 0 ? damaged[..^random.Next(1, 5000)] : damaged, WriteCondition.Replace, default);
            StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => IngestAsync(Numbered(0, 301)));
            Assert.Equal(ErrorKind.DamagedTable, error.Kind);
        }
        Assert.Single(await new TableLog(_store, new TableLayout("t")).VersionsAsync(default));
    }

    private static string Numbered(int from, int to, string word = "value")
    {
        var text = new StringBuilder("id,v\n");
        for (int i = from; i < to; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},{word} {i % 97}\n");
        }
        return text.ToString();
    }

    private string Write(string csv)
    {
        string path = Path.Combine(_folder, $"input-{_files++}.csv");
        File.WriteAllText(path, csv);
        return path;
    }

    private Task<RunReport> IngestAsync(string csv, Func<IngestOptions, IngestOptions>? change = null)
    {
        IngestOptions options = IngestRun.Options(_store, Write(csv), _folder);
        return IngestRun.RunAsync(change is null ? options : change(options));
    }

    private async Task<Dictionary<string, string>> RowsAsync() => (await TableReadBack.NewestAsync(_store, "t")).Rows;
}
