using System.Text.Json;
using StreamEtl.Memory;
using StreamEtl.Parquet;
using StreamEtl.Parquet.Writing;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Parquet.Writing;

/// <summary>Holds written files against DuckDB, Polars, Arrow (parquet-wasm) and hyparquet, which share no code. One start of node reads them all.</summary>
public sealed class OracleTests(ITestOutputHelper output)
{
    private static readonly string[] Readers = ["duckdb", "polars", "arrow", "hyparquet"];

    [Fact]
    public async Task ParquetEncoder_EveryTypeCodecAndShape_IsReadAlikeByFourReaders()
    {
        if (!NodeOracle.IsInstalled(output))
        {
            return;
        }
        DirectoryInfo folder = Directory.CreateTempSubdirectory("streametl-oracles");
        try
        {
            Dictionary<string, List<string?[]>> expected = await WriteAllAsync(folder.FullName);
            await NodeOracle.RunAsync("read.mjs", folder.FullName);
            foreach ((string name, List<string?[]> rows) in expected)
            {
                foreach (string reader in Readers)
                {
                    AssertSeen(rows, Path.Combine(folder.FullName, $"{name}.{reader}.jsonl"));
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Dictionary<string, List<string?[]>>> WriteAllAsync(string folder)
    {
        var expected = new Dictionary<string, List<string?[]>>(StringComparer.Ordinal);
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        var plain = new ParquetWriteOptions();
        (string Name, ParquetWriteOptions Options, int Batches, int Rows, double Nulls, int PerGroup)[] shapes =
        [
            ("empty", plain, 0, 0, 0.1, 1),
            ("one-row", plain, 1, 1, 0, 1),
            ("all-null", plain, 2, 50, 1, 2),
            ("required", plain, 3, 700, 0, 2),
            ("many-groups", plain, 40, 30, 0.2, 1),
            ("small-pages", plain with { PageBytes = 512 }, 4, 1500, 0.3, 4),
            ("large", plain, 5, 12_000, 0.05, 3),
            ("uncompressed", plain with { Codec = CompressionCodec.Uncompressed }, 2, 500, 0.1, 1),
            ("gzip", plain with { Codec = CompressionCodec.Gzip }, 2, 500, 0.1, 1),
            ("brotli", plain with { Codec = CompressionCodec.Brotli }, 2, 500, 0.1, 1),
            ("zstd", plain with { Codec = CompressionCodec.Zstd }, 2, 500, 0.1, 1),
            ("lz4", plain with { Codec = CompressionCodec.Lz4Raw }, 2, 500, 0.1, 1),
        ];
        foreach (var shape in shapes)
        {
            var table = new SampleTable(shape.Name.Length, shape.Batches, shape.Rows, shape.Nulls, pool);
            string name = $"{shape.Name}.parquet";
            await File.WriteAllBytesAsync(Path.Combine(folder, name), await table.WriteAsync(shape.Options, shape.PerGroup, pool));
            expected[name] = table.Rows;
        }
        Assert.Equal(0, pool.OutstandingLeases);
        return expected;
    }

    private static void AssertSeen(List<string?[]> expected, string path)
    {
        string[] lines = File.ReadAllLines(path);
        string reader = Path.GetFileName(path);
        Assert.False(lines is [var only] && only.StartsWith("failed", StringComparison.Ordinal), $"{reader}: {lines.FirstOrDefault()}");
        Assert.True(expected.Count == lines.Length, $"{reader}: {lines.Length} rows instead of {expected.Count}");
        for (int r = 0; r < lines.Length; r++)
        {
            string?[] seen = JsonSerializer.Deserialize<string?[]>(lines[r])!;
            for (int c = 0; c < seen.Length; c++)
            {
                bool isUnseen = string.Equals(seen[c], "UNSEEN", StringComparison.Ordinal) && c == expected[r].Length - 1;
                Assert.True(
                    isUnseen || string.Equals(expected[r][c], seen[c], StringComparison.Ordinal),
                    $"{reader}: row {r}, column {c}: '{seen[c]}' instead of '{expected[r][c]}'"
                );
            }
        }
    }
}
