using BenchmarkDotNet.Attributes;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Writing;
using StreamEtl.Perf.Data;

namespace StreamEtl.Perf.Kernels;

/// <summary>Numbering the distinct values of a column; one that has too many gives up early, which is why its rate is high.</summary>
public class DictionaryBench
{
    private readonly BufferPool _pool = Sample.Pool();
    private readonly long[] _few = Sample.Longs(100);
    private readonly long[] _some = Sample.Longs(4000);
    private readonly long[] _many = Sample.Longs(1L << 40);
    private readonly (byte[] Heap, TextView[] Views) _words = Sample.Texts("word");
    private readonly (byte[] Heap, TextView[] Views) _texts = Sample.Texts("text");

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public bool Longs_100() => Build(_few);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public bool Longs_4000() => Build(_some);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public bool Longs_AllDistinct() => Build(_many);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public bool Texts_7() => Build(_words);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public bool Texts_AllDistinct() => Build(_texts);

    private bool Build(long[] values)
    {
        using BufferLease lease = _pool.Lease();
        return LongDictionary.TryBuild(values, lease) is not null;
    }

    private bool Build((byte[] Heap, TextView[] Views) texts)
    {
        using BufferLease lease = _pool.Lease();
        return new TextDictionaryBuilder(Sample.Rows, lease).Add(texts.Views, texts.Heap);
    }
}
