using BenchmarkDotNet.Attributes;
using StreamEtl.Batches;
using StreamEtl.Hashing;
using StreamEtl.Perf.Data;
using StreamEtl.Types;

namespace StreamEtl.Perf.Kernels;

/// <summary>Hashing one column.</summary>
public class RowHasherBench
{
    private readonly Hash128[] _hashes = new Hash128[Sample.Rows];
    private Column[] _columns = [];

    [Params("integer", "decimal(18,2)", "decimal(38,2)", "float", "timestamp", "text")]
    public string Type { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _columns = [Sample.Column(TypeNames.Find(Type)!.Value)];

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public void Hash() => RowHasher.Hash(_columns, Sample.Rows, seed: 1, _hashes);
}
