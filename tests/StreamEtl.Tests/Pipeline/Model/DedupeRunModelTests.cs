using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>Whole runs of <c>dedupe</c> on random tables, by key with lists of decisions and by whole rows, from several files of two formats, against LINQ over values.</summary>
public sealed class DedupeRunModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Dedupe_RandomTables_KeepsTheRowsOfTheModel()
    {
        for (int seed = 0; seed < DiffRunModelTests.Runs; seed++)
        {
            try
            {
                await CheckAsync(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    private async Task CheckAsync(Random random)
    {
        ModelKind[] kinds = ModelTable.DrawKinds(random, random.Next(1, 6));
        double[] nulls = [.. kinds.Select(_ => random.Next(3) * 0.2)];
        ModelTable[] tables =
        [
            .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => ModelTable.Draw(random, kinds, random.Next(30), nulls)),
        ];
        var inputs = new List<string>();
        foreach (ModelTable table in tables)
        {
            inputs.Add(await table.WriteAsync(_folder, $"input{inputs.Count}", random.Next(2) == 0, random));
        }
        (int Table, int Rid, IComparable?[] Values)[] rows =
        [
            .. tables.SelectMany((table, t) => table.Rows.Select((values, r) => (t, r, values))),
        ];
        bool wholeRow = random.Next(3) == 0;
        int[] keys = wholeRow ? [] : [.. Enumerable.Range(0, random.Next(1, kinds.Length + 1))];
        KeepRule[] keep =
        [
            .. wholeRow
                ? []
                : Enumerable.Range(0, random.Next(4)).Select(_ => new KeepRule($"c{random.Next(kinds.Length)}", random.Next(2) == 0)),
        ];
        bool keepLast = random.Next(3) == 0;
        // Row numbers would make every row its own.
        int[] winners = wholeRow
            ? DedupeModel.Winners(rows, row => new ModelKey([(decimal)row.Rid, .. row.Values]), [], keepLast)
            : DedupeModel.Winners(rows, row => new ModelKey(keys.Select(k => row.Values[k])), keep, keepLast);
        string output = Path.Combine(_folder, "out.ndjson");
        bool anyCsv = inputs.Any(i => i.EndsWith(".csv", StringComparison.Ordinal));
        var report = new RunReport { Verb = "dedupe" };
        await EtlRunner.RunAsync(
            new DedupeOptions
            {
                Inputs = inputs,
                Output = output,
                Key = [.. keys.Select(k => $"c{k}")],
                Keep = keep,
                KeepLast = keepLast,
                Exact = random.Next(4) == 0,
                Delimiter = anyCsv ? ',' : null,
                NoHeader = anyCsv ? false : null,
                MemoryBytes = 256 << 20,
                TempDirectory = _folder,
                Threads = 2,
                UnitBytes = SmallInputs.DrawUnitBytes(random),
            },
            report,
            null,
            CancellationToken.None
        );
        ModelTable.CheckRows(await File.ReadAllLinesAsync(output), kinds, [.. winners.Select(w => (rows[w].Rid, rows[w].Values))]);
        Assert.Equal(
            (rows.Length, winners.Length, rows.Length - winners.Length),
            (report.RowsRead, report.RowsWritten, report.DuplicatesRemoved)
        );
    }
}
