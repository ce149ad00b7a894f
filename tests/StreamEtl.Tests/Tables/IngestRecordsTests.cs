using System.Globalization;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Tests.Tables;

/// <summary>
/// Rows whose record is the one that the table was made from are not read again. That must never hide a change: the same bytes may mean something else under other options, and other
/// bytes may mean the same.
/// </summary>
public sealed class IngestRecordsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-records-").FullName;
    private readonly MemoryStore _store = new();
    private int _files;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ingest_SameRecords_AreSettledWithoutTheirValues()
    {
        await IngestAsync(Rows(2000, i => string.Create(CultureInfo.InvariantCulture, $"{i},{i}.50,name {i}")));
        Assert.NotNull((await NewestAsync()).Hashes.Records);
        RunReport report = await IngestAsync(
            Rows(2000, i => i == 77 ? "77,1.00,other" : string.Create(CultureInfo.InvariantCulture, $"{i},{i}.50,name {i}"))
        );
        Assert.Equal((0, 1, 0, 1999), (report.Inserts, report.Updates, report.Deletes, report.Unchanged));
        Assert.Contains("other", (await RowsAsync())["77"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingest_SameValuesInOtherBytes_AreUnchanged()
    {
        await IngestAsync("id,n,s\n1,1.5,a\n2,2.5,b\n3,3.5,c\n");
        RunReport report = await IngestAsync("id,n,s\n3,3.50,c\n1,1.5,\"a\"\n2,2.5,b\n");
        Assert.True(report.NothingToDo);
        Assert.Equal(3, report.Unchanged);
    }

    [Fact]
    public async Task Ingest_SameBytesUnderOtherNullTexts_AreChanges()
    {
        const string Dump = "id,s\n1,NA\n2,b\n3,NA\n";
        await IngestAsync(Dump);
        RunReport report = await IngestAsync(Dump, o => o with { NullTexts = ["NA"] });
        Assert.Equal((2, 1), (report.Updates, report.Unchanged));
        // The ledger has records of two forms now; those of today's must not be taken for the other's.
        report = await IngestAsync(Dump);
        Assert.Equal((2, 1), (report.Updates, report.Unchanged));
        report = await IngestAsync(Dump);
        Assert.True(report.NothingToDo);
    }

    [Fact]
    public async Task Ingest_SameBytesUnderAnotherOrderOfDay_AreChanges()
    {
        await IngestAsync("id,d\n1,01/02/2024\n2,13/02/2024\n", o => o with { DateFormat = "dd/MM/yyyy" });
        RunReport report = await IngestAsync("id,d\n1,01/02/2024\n2,02/13/2024\n", o => o with { DateFormat = "MM/dd/yyyy" });
        Assert.Equal((1, 1), (report.Updates, report.Unchanged));
    }

    [Fact]
    public async Task Ingest_ColumnsChangePlaces_ValuesDecide()
    {
        await IngestAsync("id,a,b\n1,x,y\n2,z,z\n");
        RunReport report = await IngestAsync("id,b,a\n1,x,y\n2,z,z\n");
        Assert.Equal((1, 1), (report.Updates, report.Unchanged));
    }

    [Fact]
    public async Task Ingest_RepeatedAndConflictingKeys_TheLastRowCounts()
    {
        await IngestAsync("id,s\n1,a\n2,b\n3,c\n");
        // 1: equal, then another. 2: another, then equal. 3: equal twice, and once more in other bytes.
        RunReport report = await IngestAsync("id,s\n1,a\n2,x\n3,c\n3,c\n1,y\n2,b\n3,\"c\"\n");
        Assert.Equal((0, 1, 0, 2), (report.Inserts, report.Updates, report.Deletes, report.Unchanged));
        Assert.Equal((2, 2), (report.DuplicatesRemoved, report.DuplicateKeys));
        Assert.Contains("y", (await RowsAsync())["1"], StringComparison.Ordinal);
    }

    /// <summary>Rows that are taken out of a unit move the ordinals of those behind them; a row must not get what was decided of another.</summary>
    [Fact]
    public async Task Ingest_RowsWithoutKeyInManyUnits_WritesTheRowsThatChanged()
    {
        const int Count = 2000;
        string padding = new('x', 60);
        string Old(int i) => string.Create(CultureInfo.InvariantCulture, $"{i},{i}.50,{padding}{i}");
        // Of ten rows one is the same, one has no key, two are other bytes of the same values, six are changes.
        string New(int i) =>
            (i * 7 % 10) switch
            {
                0 => Old(i),
                1 => Old(i)[Old(i).IndexOf(',', StringComparison.Ordinal)..],
                < 4 => Old(i).Replace(padding, '"' + padding, StringComparison.Ordinal) + '"',
                _ => Old(i) + "!",
            };
        static IngestOptions ManyUnits(IngestOptions o) => o with { UnitBytes = 2000, RejectMalformed = true };
        await IngestAsync(Rows(Count, Old), ManyUnits);
        RunReport report = await IngestAsync(Rows(Count, New), ManyUnits);
        Assert.Equal(
            (0, Count / 10 * 6, Count / 10, Count / 10 * 3, Count / 10),
            (report.Inserts, report.Updates, report.Deletes, report.Unchanged, report.RowsRejected)
        );
        Dictionary<string, string> rows = await RowsAsync();
        Assert.Equal(Count / 10 * 9, rows.Count);
        Assert.All(
            Enumerable.Range(0, Count).Where(i => i * 7 % 10 != 1),
            i => Assert.Equal(i * 7 % 10 >= 4, rows[i.ToString(CultureInfo.InvariantCulture)].Contains('!', StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Ingest_TableWhoseRowsHaveDates_KeepsNoRecords()
    {
        await IngestAsync("id,s\n1,a\n2,b\n", o => o with { DateField = "id" });
        Assert.Null((await NewestAsync()).Hashes.Records);
    }

    [Fact]
    public async Task Ingest_TableMadeBeforeRecordsWereKept_ComparesValues()
    {
        await IngestAsync("id,s\n1,a\n2,b\n");
        CommitRecord record = await NewestAsync();
        byte[] before = CommitJson.Write(record with { Hashes = record.Hashes with { Records = null } });
        Assert.DoesNotContain("\"records\"", System.Text.Encoding.UTF8.GetString(before), StringComparison.Ordinal);
        await _store.WriteWholeAsync(new TableLayout("t").Commit(1), before, WriteCondition.Replace, CancellationToken.None);
        RunReport report = await IngestAsync("id,s\n1,a\n2,d\n");
        Assert.Equal((1, 1), (report.Updates, report.Unchanged));
        Assert.Null((await NewestAsync()).Hashes.Records);
    }

    [Fact]
    public async Task Ingest_LateValueContradictsAType_InARowThatChanged_WidensTheColumn()
    {
        await IngestAsync(Rows(150_000, i => string.Create(CultureInfo.InvariantCulture, $"{i},{i}"), "id,n"));
        RunReport report = await IngestAsync(
            Rows(150_000, i => i == 149_999 ? "149999,n/a" : string.Create(CultureInfo.InvariantCulture, $"{i},{i}"), "id,n")
        );
        Assert.Equal((1, 149_999), (report.Updates, report.Unchanged));
        Assert.Contains(report.SchemaChanges, c => c.Change.Contains("text", StringComparison.Ordinal));
    }

    private static string Rows(int count, Func<int, string> row, string header = "id,n,s")
    {
        var text = new StringBuilder(header).Append('\n');
        for (int i = 0; i < count; i++)
        {
            text.Append(row(i)).Append('\n');
        }
        return text.ToString();
    }

    private Task<RunReport> IngestAsync(string csv, Func<IngestOptions, IngestOptions>? change = null)
    {
        string path = Path.Combine(_folder, $"input-{_files++}.csv");
        File.WriteAllText(path, csv);
        IngestOptions options = IngestRun.Options(_store, path, _folder);
        return IngestRun.RunAsync(change is null ? options : change(options));
    }

    private async Task<CommitRecord> NewestAsync() =>
        (await new TableLog(_store, new TableLayout("t")).ReadNewestAsync(CancellationToken.None))!;

    private async Task<Dictionary<string, string>> RowsAsync() => (await TableReadBack.NewestAsync(_store, "t")).Rows;
}
