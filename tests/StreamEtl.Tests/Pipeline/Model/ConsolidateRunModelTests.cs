using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>Whole runs of <c>consolidate</c> over random origins, each of one file or several, of two formats, against LINQ over values.</summary>
public sealed class ConsolidateRunModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Consolidate_RandomOrigins_KeepsTheRowsOfTheModel()
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
        ModelKind[] kinds = ModelTable.DrawKinds(random, random.Next(2, 6));
        double[] nulls = [.. kinds.Select(_ => random.Next(3) * 0.2)];
        int count = random.Next(1, 4);
        var origins = new List<ConsolidateOrigin>();
        var rows = new List<(int Table, int Rid, IComparable?[] Values)>();
        int files = 0;
        for (int o = 0; o < count; o++)
        {
            var inputs = new List<string>();
            for (int f = random.Next(1, 4); f > 0; f--)
            {
                ModelTable table = ModelTable.Draw(random, kinds, random.Next(20), nulls);
                inputs.Add(await table.WriteAsync(_folder, $"input{files++}", random.Next(2) == 0, random));
                rows.AddRange(table.Rows.Select((values, r) => (o, r, values)));
            }
            origins.Add(new ConsolidateOrigin($"origin {o}", inputs));
        }
        int[] keys = [.. Enumerable.Range(0, random.Next(1, kinds.Length))];
        KeepRule[] decide =
        [
            .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new KeepRule($"c{random.Next(kinds.Length)}", random.Next(2) == 0)),
        ];
        int[] winners = DedupeModel.Winners([.. rows], row => new ModelKey(keys.Select(k => row.Values[k])), decide, keepLast: false);
        bool writes = random.Next(5) > 0;
        bool anyCsv = origins.Any(o => o.Inputs.Any(i => i.EndsWith(".csv", StringComparison.Ordinal)));
        var options = new ConsolidateOptions
        {
            Origins = origins,
            Output = writes ? Path.Combine(_folder, "out.ndjson") : "",
            Key = [.. keys.Select(k => $"c{k}")],
            Decide = decide,
            OriginColumn = "from where",
            Exact = random.Next(4) == 0,
            Delimiter = anyCsv ? ',' : null,
            NoHeader = anyCsv ? false : null,
            MemoryBytes = 256 << 20,
            TempDirectory = _folder,
            Threads = 2,
            UnitBytes = SmallInputs.DrawUnitBytes(random),
        };
        var report = new RunReport { Verb = "consolidate" };
        await EtlRunner.RunAsync(options, report, null, CancellationToken.None);
        Assert.Equal(
            origins.Select((o, n) => new OriginReport(o.Name, rows.Count(r => r.Table == n), winners.Count(w => rows[w].Table == n))),
            report.Origins
        );
        Assert.Equal((rows.Count, rows.Count - winners.Length), (report.RowsRead, report.DuplicatesRemoved));
        if (writes)
        {
            ModelTable.CheckRows(
                await File.ReadAllLinesAsync(options.Output),
                kinds,
                [.. winners.Select(w => (rows[w].Rid, rows[w].Values))],
                (line, i) => Assert.Equal($"origin {rows[winners[i]].Table}", line.GetProperty("from where").GetString())
            );
            Assert.Equal(winners.Length, report.RowsWritten);
        }
        else
        {
            Assert.Empty(report.Outputs);
        }
    }
}
