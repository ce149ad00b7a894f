using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>
/// Whole runs of <c>diff</c> on random tables (any types, NULLs, spellings, repeated and conflicting keys, CSV or Parquet on either side) against dictionaries.
/// With STREAMETL_HASH_BITS=8 the same must hold. STREAMETL_MODEL_RUNS sets how many.
/// </summary>
public sealed class DiffRunModelTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-model-").FullName;

    public static int Runs => int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_MODEL_RUNS"), out int runs) ? runs : 150;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Diff_RandomTables_EqualsTheDictionaryModel()
    {
        int conflicts = 0;
        for (int seed = 0; seed < Runs; seed++)
        {
            try
            {
                conflicts += await CheckAsync(seed) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
        Assert.True(conflicts > Runs / 10, "too few tables had conflicting keys to say anything");
        output.WriteLine($"{Runs} diffs, {conflicts} with conflicting keys");
    }

    private async Task<bool> CheckAsync(int seed)
    {
        var random = new Random(seed);
        ModelKind[] kinds = ModelTable.DrawKinds(random, random.Next(2, 7));
        int[] keys = [.. Enumerable.Range(0, random.Next(1, Math.Min(3, kinds.Length)))];
        int[] others = [.. Enumerable.Range(keys.Length, kinds.Length - keys.Length)];
        int? date = random.Next(3) == 0 ? others[random.Next(others.Length)] : null;
        int[] ignored = random.Next(3) == 0 ? [others[random.Next(others.Length)]] : [];
        int[]? compare = random.Next(4) == 0 ? [.. others.Where(_ => random.Next(2) == 0)] : null;
        compare = compare is [] ? null : compare;
        int[] compared = [.. (compare ?? others).Except(ignored)];
        bool strict = random.Next(3) > 0;
        DuplicateKeyRule rule = random.Next(3) switch
        {
            0 => DuplicateKeyRule.First,
            1 => DuplicateKeyRule.Fail,
            _ => DuplicateKeyRule.Last,
        };
        double[] nulls = [.. kinds.Select((_, c) => c < keys.Length ? random.Next(2) * 0.03 : random.Next(3) * 0.3)];
        ModelTable old = ModelTable.Draw(random, kinds, random.Next(40), nulls);
        ModelTable now = ModelTable.Draw(random, kinds, random.Next(40), nulls);
        var model = new DiffModel(old, now, keys, compared, date, strict, rule);
        string changes = Path.Combine(_folder, "changes.ndjson");
        string oldPath = await old.WriteAsync(_folder, "old", random.Next(2) == 0, random);
        string newPath = await now.WriteAsync(_folder, "new", random.Next(2) == 0, random);
        bool anyCsv = (oldPath + newPath).Contains(".csv", StringComparison.Ordinal);
        var options = new DiffOptions
        {
            Old = oldPath,
            New = newPath,
            Output = changes,
            Key = [.. keys.Select(k => $"c{k}")],
            DateField = date is null ? null : $"c{date}",
            DateFieldStrict = strict,
            Compare = compare is null ? null : [.. compare.Select(c => $"c{c}")],
            Ignore = ["rid", .. ignored.Select(c => $"c{c}")],
            OnDuplicateKey = rule,
            RejectMalformed = true,
            Exact = random.Next(4) == 0,
            Delimiter = anyCsv ? ',' : null,
            NoHeader = anyCsv ? false : null,
            MemoryBytes = 256 << 20,
            TempDirectory = _folder,
            Threads = 2,
            UnitBytes = SmallInputs.DrawUnitBytes(random),
        };
        var report = new RunReport { Verb = "diff" };
        if (rule == DuplicateKeyRule.Fail && model.ConflictingKeys > 0)
        {
            var error = await Assert.ThrowsAsync<StreamEtlException>(() =>
                EtlRunner.RunAsync(options, report, null, CancellationToken.None)
            );
            Assert.Equal(ErrorKind.DuplicateKey, error.Kind);
            Assert.False(File.Exists(changes));
            return true;
        }
        await EtlRunner.RunAsync(options, report, null, CancellationToken.None);
        Assert.Equal(model.Rejected, report.RowsRejected);
        Assert.Equal(
            (model.Inserted.Count, model.Updated.Count, model.Deleted.Count, model.Unchanged, model.ChangedWithoutDate),
            (report.Inserts, report.Updates, report.Deletes, report.Unchanged, report.ChangedWithoutDate)
        );
        Assert.Equal(model.ConflictingKeys, report.DuplicateKeys);
        AssertChanges(model, old, now, await File.ReadAllLinesAsync(changes));
        File.Delete(changes);
        Assert.Equal(0, Directory.EnumerateFiles(_folder).Count(f => Path.GetExtension(f) is not (".csv" or ".parquet")));
        return model.ConflictingKeys > 0;
    }

    /// <summary>Inserts and updates in the order of NEW with its values, then deletes in the order of OLD with its.</summary>
    private static void AssertChanges(DiffModel model, ModelTable old, ModelTable now, string[] lines)
    {
        (char Operation, int Row)[] expected =
        [
            .. now
                .Rows.Select(
                    (_, row) =>
                        (
                            model.Inserted.Contains(row) ? 'I'
                            : model.Updated.Contains(row) ? 'U'
                            : ' ',
                            row
                        )
                )
                .Where(change => change.Item1 != ' '),
            .. model.Deleted.Select(row => ('D', row)),
        ];
        Assert.Equal(expected.Length, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[i]);
            JsonElement found = line.RootElement;
            Assert.Equal(expected[i], (found.GetProperty("_cdc_operation").GetString()![0], found.GetProperty("rid").GetInt32()));
            ModelTable side = expected[i].Operation == 'D' ? old : now;
            for (int c = 0; c < side.Kinds.Length; c++)
            {
                Assert.Equal(side.Rows[expected[i].Row][c], ModelValues.Parse(side.Kinds[c], found.GetProperty($"c{c}")));
            }
        }
    }
}
