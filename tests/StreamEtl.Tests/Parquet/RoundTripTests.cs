using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet;
using StreamEtl.Parquet.Writing;
using StreamEtl.Sources;
using StreamEtl.Tests.Parquet.Reading;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Parquet;

/// <summary>
/// P4: random tables of all types, codecs, page and row group sizes and densities of NULL come back as they were written, whatever units they are read in.
/// <c>STREAMETL_ROUND_TRIPS</c> sets how many, <c>STREAMETL_FUZZ_SEED</c> the seed.
/// </summary>
public sealed class RoundTripTests(ITestOutputHelper output) : IDisposable
{
    private static readonly CompressionCodec[] Codecs =
    [
        CompressionCodec.Uncompressed,
        CompressionCodec.Snappy,
        CompressionCodec.Gzip,
        CompressionCodec.Brotli,
        CompressionCodec.Zstd,
        CompressionCodec.Lz4Raw,
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-round-trip-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WriteThenRead_RandomTables_AreTheSame()
    {
        int tables = Setting("STREAMETL_ROUND_TRIPS", 4000);
        int seed = Setting("STREAMETL_FUZZ_SEED", 20260602);
        output.WriteLine($"seed {seed}");
        long values = 0;
        Parallel.For(
            0,
            tables,
            i =>
            {
                try
                {
                    Interlocked.Add(ref values, RoundTrip(new Random(unchecked((seed * 1_000_003) + i))));
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"table {i} of seed {seed}: {e.Message}", e);
                }
            }
        );
        output.WriteLine($"{tables} tables, {values} values");
        Assert.True(values > tables, "the tables were all but empty");
    }

    private long RoundTrip(Random random)
    {
        var pool = new BufferPool(new MemoryBudget(1 << 28));
        var table = new RandomTable(random, pool);
        var options = new ParquetWriteOptions
        {
            Codec = Codecs[random.Next(Codecs.Length)],
            PageBytes = 1 << random.Next(4, 18),
            RowsPerGroup = 1 << random.Next(4, 18),
        };
        // In memory, so it is done when the call returns.
        byte[] file = table.WriteAsync(options, random.Next(1, 6), pool).GetAwaiter().GetResult();
        string path = Path.Combine(_folder, Environment.CurrentManagedThreadId.ToString(CultureInfo.InvariantCulture));
        File.WriteAllBytes(path, file);
        int row = 0;
        using (ParquetSession session = ParquetSession.Open(path, pool, random.Next(2) == 0 ? 0 : random.Next(1, 100)))
        {
            Assert.Equal(table.Rows.Count, session.Source.RowCount);
            Assert.Equal(table.Fields.Select(f => (f.Name, f.Type)), session.Source.Columns.Select(c => (c.Name, c.Type!.Value)));
            IReadOnlyList<PlanColumn> plan = CorpusReader.PlanOf(session.Source);
            session.Source.SetPlan(plan);
            while (session.Read() is { } unit)
            {
                using RowBatch batch = session.Source.Decode(unit, plan);
                for (int r = 0; r < batch.RowCount; r++, row++)
                {
                    for (int c = 0; c < plan.Count; c++)
                    {
                        object? found = RandomTable.ValueOf(batch.Columns[c]!, r);
                        if (!Equals(table.Rows[row][c], found))
                        {
                            Assert.Fail(
                                $"row {row}, column {c} ({table.Fields[c].Type}): {found ?? "NULL"} instead of {table.Rows[row][c] ?? "NULL"}"
                            );
                        }
                    }
                }
            }
        }
        Assert.Equal(table.Rows.Count, row);
        Assert.Equal(0, pool.OutstandingLeases);
        return (long)row * table.Fields.Length;
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : fallback;
}
