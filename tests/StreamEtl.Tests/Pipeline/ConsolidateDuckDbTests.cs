using System.Globalization;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Pipeline;

/// <summary>Three origins of some size, with memory for all keys and without, against DuckDB's window function over the same files.</summary>
public sealed class ConsolidateDuckDbTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-consolidate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(512, 30_000, false)]
    [InlineData(64, 220_000, true)]
    public async Task Consolidate_ThreeOrigins_EqualsDuckDb(int megabytes, int rows, bool spills)
    {
        if (!NodeOracle.IsInstalled(output))
        {
            return;
        }
        var random = new Random(41);
        ConsolidateOrigin[] origins =
        [
            .. new[] { "sor", "sot", "spec" }.Select(name => new ConsolidateOrigin(name, [Write(name, rows, random)])),
        ];
        string path = Path.Combine(_folder, "out.parquet");
        var report = new RunReport { Verb = "consolidate" };
        await EtlRunner.RunAsync(
            new ConsolidateOptions
            {
                Origins = origins,
                Key = ["num_oper", "cod_idef_ver_oper"],
                Decide =
                [
                    new KeepRule("dat_vlr_even_oper", Descending: true),
                    new KeepRule("num_prio_even_oper", Descending: false),
                    new KeepRule("dat_recm_even_oper", Descending: true),
                ],
                OriginColumn = "origin",
                Output = path,
                MemoryBytes = (long)megabytes << 20,
                TempDirectory = _folder,
                Threads = 2,
            },
            report,
            null,
            CancellationToken.None
        );
        Assert.Equal(spills, report.SpilledBytes > 0);
        string answer = await NodeOracle.RunAsync(
            "consolidate.mjs",
            [
                path,
                "num_oper, cod_idef_ver_oper",
                "dat_vlr_even_oper:desc,num_prio_even_oper,dat_recm_even_oper:desc",
                .. origins.Select(o => $"{o.Name}={o.Inputs[0]}"),
            ]
        );
        Assert.Equal($"0 0 {report.RowsWritten}\n", answer);
        Assert.InRange(report.RowsWritten, rows / 2, rows * 2);
    }

    private string Write(string name, int rows, Random random)
    {
        var text = new StringBuilder("num_oper,cod_idef_ver_oper,dat_vlr_even_oper,num_prio_even_oper,dat_recm_even_oper,vlr_").Append(
            name
        );
        for (int i = 0; i < rows; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n{random.Next(rows / 2)},v{random.Next(3)},2024-01-{random.Next(1, 6):00},{(random.Next(9) == 0 ? "" : random.Next(3).ToString(CultureInfo.InvariantCulture))},2024-02-{random.Next(1, 4):00},{random.Next(1000)}.{random.Next(10, 99)}"
            );
        }
        string path = Path.Combine(_folder, $"{name}.csv");
        File.WriteAllText(path, text.Append('\n').ToString());
        return path;
    }
}
