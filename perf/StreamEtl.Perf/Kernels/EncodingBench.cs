using BenchmarkDotNet.Attributes;
using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Parquet.Writing;
using StreamEtl.Perf.Data;

namespace StreamEtl.Perf.Kernels;

/// <summary>The encodings of Parquet pages, before compression.</summary>
public class EncodingBench
{
    private readonly ByteBuffer _page = new(Sample.Pool().Lease(), 8 << 20);
    private readonly long[] _longs = Sample.Longs(1 << 24);
    private readonly long[] _ascending = [.. Sample.Longs(1 << 24).Order()];
    private readonly (byte[] Heap, TextView[] Views) _texts = Sample.Texts("text");
    private readonly int[] _indices = [.. Sample.Longs(100).Select(v => (int)(v / 1_000_003))];
    private readonly int[] _runs = [.. Enumerable.Range(0, Sample.Rows).Select(i => (i >> 8) % 100)];

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Plain_Longs() => Page(() => PlainEncoder.Longs(_longs, sizeof(long), _page));

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Plain_Texts() =>
        Page(() =>
        {
            var range = new TextRange();
            PlainEncoder.Texts(_texts.Views, _texts.Heap, _page, ref range);
        });

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Delta_Random() => Page(() => DeltaEncoder.Encode(_longs, sizeof(long), _page));

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Delta_Ascending() => Page(() => DeltaEncoder.Encode(_ascending, sizeof(long), _page));

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Hybrid_Packed7Bits() => Page(() => HybridEncoder.Indices(_indices, 7, _page));

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Hybrid_RunsOf256() => Page(() => HybridEncoder.Indices(_runs, 7, _page));

    private int Page(Action encode)
    {
        _page.Clear();
        encode();
        return _page.Length;
    }
}
