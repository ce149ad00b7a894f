using System.Globalization;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Pipeline;

/// <summary>
/// Diffs of two dumps of one table, most of whose records are the same byte for byte: what comes out must be what comes out when every value is compared. Naming all columns with
/// <see cref="DiffOptions.Compare"/> asks for that, and says nothing else; <see cref="Model.DiffRunModelTests"/> hold that way against dictionaries.
/// </summary>
public sealed class DiffSieveTests(ITestOutputHelper output) : IDisposable
{
    private const string Header = "id,part,name,amount,day,note";

    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-sieve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Diff_MostRecordsTheSame_EqualsComparingEveryValue()
    {
        var totals = new long[6];
        for (int seed = 0; seed < 120; seed++)
        {
            var random = new Random(seed);
            (string old, string now) = Draw(random, random.Next(1, 400));
            DuplicateKeyRule rule = random.Next(2) == 0 ? DuplicateKeyRule.First : DuplicateKeyRule.Last;
            string? date = random.Next(3) == 0 ? "day" : null;
            string[] key = random.Next(2) == 0 ? ["id"] : ["id", "part"];
            int? unit = SmallInputs.DrawUnitBytes(random);
            (RunReport sieved, string found) = await RunAsync(old, now, key, rule, date, compareAll: false, unit);
            (RunReport compared, string expected) = await RunAsync(old, now, key, rule, date, compareAll: true);
            Assert.True(Counts(compared).SequenceEqual(Counts(sieved)), $"seed {seed}");
            Assert.True(expected == found, $"seed {seed}");
            totals = [.. totals.Zip(Counts(sieved), (a, b) => a + b)];
        }
        output.WriteLine(string.Join(' ', totals));
        Assert.All(totals, total => Assert.True(total > 0));
    }

    /// <summary>NEW is then read first, and of OLD is kept what stays open.</summary>
    [Fact]
    public async Task Diff_OldInParquet_EqualsComparingContents()
    {
        var totals = new long[6];
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            (string old, string now) = Draw(random, random.Next(1, 400));
            DuplicateKeyRule rule = random.Next(2) == 0 ? DuplicateKeyRule.First : DuplicateKeyRule.Last;
            string? date = random.Next(3) == 0 ? "day" : null;
            string[] key = random.Next(2) == 0 ? ["id"] : ["id", "part"];
            bool compareAll = random.Next(2) == 0;
            int? unit = SmallInputs.DrawUnitBytes(random);
            await ConvertOldAsync(old);
            (RunReport sieved, string found) = await RunAsync(null, now, key, rule, date, compareAll, unit);
            (RunReport compared, string expected) = await RunAsync(null, now, key, rule, date, compareAll, exact: true);
            Assert.True(Counts(compared).SequenceEqual(Counts(sieved)), $"seed {seed}");
            Assert.True(expected == found, $"seed {seed}");
            Assert.Equal(["old.parquet", "new.csv"], sieved.Inputs.Select(i => Path.GetFileName(i.Path)));
            Assert.Equal(compared.Inputs, sieved.Inputs);
            totals = [.. totals.Zip(Counts(sieved), (a, b) => a + b)];
        }
        output.WriteLine(string.Join(' ', totals));
        Assert.All(totals, total => Assert.True(total > 0));
    }

    /// <summary>Rows that are taken out of a unit, for they have no key, move the ordinals of those behind them: at the unit's end rows must not meet those of the next.</summary>
    [Theory]
    [InlineData(DuplicateKeyRule.First)]
    [InlineData(DuplicateKeyRule.Last)]
    public async Task Diff_RowsWithoutKeyInManyUnits_EqualsComparingEveryValue(DuplicateKeyRule rule)
    {
        var random = new Random(1);
        string padding = new('x', 100);
        string[] old = [.. Enumerable.Range(0, 2000).Select(i => Row(random, i).Replace("name", padding, StringComparison.Ordinal))];
        string[] now =
        [
            .. old.Select(row =>
                random.Next(8) switch
                {
                    0 => row,
                    1 => row[row.IndexOf(',', StringComparison.Ordinal)..],
                    < 5 => Rewrite(random, row),
                    _ => Change(random, row),
                }
            ),
        ];
        string before = $"{Header}\n{string.Join('\n', old)}\n";
        string after = $"{Header}\n{string.Join('\n', now)}\n";
        (RunReport sieved, string found) = await RunAsync(before, after, ["id"], rule, null, compareAll: false, unitBytes: 2000);
        (RunReport compared, string expected) = await RunAsync(before, after, ["id"], rule, null, compareAll: true, unitBytes: 2000);
        Assert.InRange(sieved.RowsRejected, 100, 500);
        Assert.Equal(Counts(compared), Counts(sieved));
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task Diff_MoreOpenRowsThanAreKept_ReadsThemAgain()
    {
        var old = new StringBuilder("id,text\n");
        var now = new StringBuilder("id,text\n");
        string padding = new('x', 300);
        for (int i = 0; i < 60_000; i++)
        {
            old.Append(CultureInfo.InvariantCulture, $"{i},{padding}\n");
            now.Append(CultureInfo.InvariantCulture, $"{i},{(i % 3 == 0 ? "y" : "")}{padding}\n");
        }
        (RunReport sieved, string found) = await RunAsync(
            old.ToString(),
            now.ToString(),
            ["id"],
            DuplicateKeyRule.Last,
            null,
            compareAll: false
        );
        Assert.Equal((0, 20_000, 0, 40_000), (sieved.Inserts, sieved.Updates, sieved.Deletes, sieved.Unchanged));
        Assert.Equal(20_001, found.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Diff_AllRecordsWrittenAnew_ComparesValues()
    {
        var old = new StringBuilder("id,amount\n");
        var now = new StringBuilder("id,amount\n");
        for (int i = 0; i < 300_000; i++)
        {
            old.Append(CultureInfo.InvariantCulture, $"{i},{i}.5\n");
            now.Append(CultureInfo.InvariantCulture, $"{i},{(i == 7 ? 1 : i)}.50\n");
        }
        (RunReport sieved, _) = await RunAsync(old.ToString(), now.ToString(), ["id"], DuplicateKeyRule.Last, null, compareAll: false);
        Assert.Equal((0, 1, 0, 299_999), (sieved.Inserts, sieved.Updates, sieved.Deletes, sieved.Unchanged));
        Assert.Contains(sieved.Passes, p => p.Contains("few are equal", StringComparison.Ordinal));
        Assert.Equal(600_000, sieved.RowsRead);
    }

    [Fact]
    public async Task Diff_LateValueContradictsTheSample_InARecordThatBothHave_TypesHoldForAll()
    {
        var rows = new StringBuilder("id,amount\n");
        for (int i = 0; i < 400_000; i++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{i},{i}\n");
        }
        string old = rows.Append("400000,n/a\n").ToString();
        (RunReport sieved, string found) = await RunAsync(old, old + "400001,07\n", ["id"], DuplicateKeyRule.Last, null, compareAll: false);
        Assert.Equal((1, 0, 0), (sieved.Inserts, sieved.Updates, sieved.Deletes));
        // Text, as a whole: a leading zero stays.
        Assert.Contains("400001,07,I,", found, StringComparison.Ordinal);
        Assert.Equal("text", sieved.Schema.Single(f => f.Name == "amount").Type.ToString());
    }

    /// <summary>A key that does not fit its guessed type is none that is missing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Diff_LateKeyContradictsTheSample_IsAKeyAsAnyOther(bool isOld)
    {
        var rows = new StringBuilder("id,amount\n");
        for (int i = 0; i < 400_000; i++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{i},{i}\n");
        }
        string less = rows.ToString();
        string more = rows.Append("A-1,7\n").ToString();
        (string old, string now) = isOld ? (more, less) : (less, more);
        (RunReport report, string found) = await RunAsync(old, now, ["id"], DuplicateKeyRule.Last, null, compareAll: false, rejects: false);
        Assert.Equal((isOld ? 0 : 1, 0, isOld ? 1 : 0, 400_000), (report.Inserts, report.Updates, report.Deletes, report.Unchanged));
        Assert.Contains(isOld ? "A-1,7,D," : "A-1,7,I,", found, StringComparison.Ordinal);
    }

    private static long[] Counts(RunReport report) =>
        [report.Inserts, report.Updates, report.Deletes, report.Unchanged, report.DuplicatesRemoved, report.DuplicateKeys];

    /// <summary>Two dumps: NEW is OLD in another order, some rows gone, new, changed, written otherwise, repeated, or repeated with another value.</summary>
    private static (string Old, string New) Draw(Random random, int rows)
    {
        var old = Enumerable.Range(0, rows).Select(i => Row(random, i)).ToList();
        foreach (string row in old.Where(_ => random.Next(20) == 0).ToArray())
        {
            old.Insert(random.Next(old.Count), random.Next(2) == 0 ? row : Rewrite(random, row));
        }
        var now = old.Where(_ => random.Next(12) > 0).ToList();
        for (int i = 0; i < now.Count; i++)
        {
            now[i] = random.Next(12) switch
            {
                0 => Rewrite(random, now[i]),
                1 => Change(random, now[i]),
                _ => now[i],
            };
        }
        foreach (string row in now.Where(_ => random.Next(15) == 0).ToArray())
        {
            now.Insert(
                random.Next(now.Count),
                random.Next(3) switch
                {
                    0 => Rewrite(random, row),
                    1 => Change(random, row),
                    _ => row,
                }
            );
        }
        for (int i = random.Next(10); i > 0; i--)
        {
            now.Insert(random.Next(now.Count + 1), Row(random, rows + i));
        }
        // A NULL in the key, and a record of the wrong width.
        now.Insert(random.Next(now.Count + 1), ",x,y,1.0,2024-01-01,z");
        old.Insert(random.Next(old.Count + 1), "1,2,3");
        string[] shuffled = [.. now];
        if (random.Next(2) == 0)
        {
            random.Shuffle(shuffled);
        }
        return ($"{Header}\n{string.Join('\n', old)}\n", $"{Header}\n{string.Join('\n', shuffled)}\n");
    }

    private static string Row(Random random, int id) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{id},{random.Next(3)},name {random.Next(50)},{random.Next(1000) / 100.0:0.0},2024-01-{random.Next(1, 28):00},\"a \"\"{random.Next(9)}\"\", b\""
        );

    /// <summary>The same values in other bytes.</summary>
    private static string Rewrite(Random random, string row)
    {
        string[] fields = row.Split(',', 6);
        int at = random.Next(3);
        fields[
            at switch
            {
                0 => 3,
                1 => 2,
                _ => 1,
            }
        ] = at switch
        {
            0 => fields[3] + "0",
            1 => $"\"{fields[2]}\"",
            _ => $"\"{fields[1]}\"",
        };
        return string.Join(',', fields);
    }

    private static string Change(Random random, string row)
    {
        string[] fields = row.Split(',', 6);
        fields[random.Next(2) == 0 ? 2 : 4] = random.Next(2) == 0 ? "" : $"2024-02-{random.Next(1, 28):00}";
        return string.Join(',', fields);
    }

    private async Task ConvertOldAsync(string old)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "old.csv"), old);
        await EtlRunner.RunAsync(
            new ConvertOptions
            {
                Inputs = [Path.Combine(_folder, "old.csv")],
                Output = Path.Combine(_folder, "old.parquet"),
                InferTypes = true,
                RejectMalformed = true,
                TempDirectory = _folder,
                Threads = 2,
            },
            new RunReport { Verb = "convert" },
            null,
            CancellationToken.None
        );
    }

    /// <summary>OLD is <paramref name="old"/>, or where that is null, what <see cref="ConvertOldAsync"/> has made.</summary>
    private async Task<(RunReport Report, string Changes)> RunAsync(
        string? old,
        string now,
        string[] key,
        DuplicateKeyRule rule,
        string? date,
        bool compareAll,
        int? unitBytes = null,
        bool exact = false,
        bool rejects = true
    )
    {
        string changes = Path.Combine(_folder, "changes.csv");
        string oldPath = Path.Combine(_folder, old is null ? "old.parquet" : "old.csv");
        if (old is not null)
        {
            await File.WriteAllTextAsync(oldPath, old);
        }
        await File.WriteAllTextAsync(Path.Combine(_folder, "new.csv"), now);
        var report = new RunReport { Verb = "diff" };
        var options = new DiffOptions
        {
            Old = oldPath,
            New = Path.Combine(_folder, "new.csv"),
            Output = changes,
            InferTypes = true,
            Key = key,
            DateField = date,
            DateFieldStrict = date is not null,
            Compare = compareAll ? Header.Split(',').Except(key).ToArray() : null,
            OnDuplicateKey = rule,
            RejectMalformed = rejects,
            MemoryBytes = 64 << 20,
            TempDirectory = _folder,
            Threads = 2,
            UnitBytes = unitBytes,
            Exact = exact,
        };
        await EtlRunner.RunAsync(options, report, null, CancellationToken.None);
        return (report, CdcTimestamp.Mask(await File.ReadAllTextAsync(changes)));
    }
}
