using BenchmarkDotNet.Attributes;
using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Parquet.Reading;
using StreamEtl.Parquet.Writing;
using StreamEtl.Perf.Data;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Perf.Kernels;

/// <summary>One column chunk, from the page cache to a column: footer, pages, Snappy, encoding.</summary>
public class ParquetDecodeBench
{
    private readonly BufferPool _pool = Sample.Pool();
    private string _path = "";
    private PlanColumn[] _plan = [];

    [Params("integer", "decimal(18,2)", "decimal(38,2)", "float", "timestamp", "text")]
    public string Type { get; set; } = "";

    [GlobalSetup]
    public async Task Setup()
    {
        ColumnType type = TypeNames.Find(Type)!.Value;
        _plan = [new PlanColumn("value", 0, type, ColumnMode.Convert)];
        _path = Path.GetTempFileName();
        var encoder = new ParquetEncoder([new Field("value", type, Nullable: false)], new ParquetWriteOptions(), _pool);
        using var batch = new RowBatch(_pool.Lease(), Sample.Rows, [Sample.Column(type)]);
        using EncodedPart part = encoder.Encode([batch]);
        await using FileStream file = File.Create(_path);
        await encoder.WriteHeaderAsync(file, CancellationToken.None);
        await encoder.WritePartAsync(part, file, CancellationToken.None);
        await encoder.WriteFooterAsync(file, CancellationToken.None);
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public async Task<int> Decode()
    {
        await using ParquetRowSource source = await ParquetRowSource.OpenAsync(_path, _pool, CancellationToken.None);
        source.SetPlan(_plan);
        int rows = 0;
        while (await source.ReadAsync(1 << 20, CancellationToken.None) is { } unit)
        {
            using RowBatch batch = source.Decode(unit, _plan);
            rows += batch.RowCount;
        }
        return rows;
    }
}
