using BenchmarkDotNet.Attributes;
using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Parquet.Writing;
using StreamEtl.Perf.Data;
using StreamEtl.Types;

namespace StreamEtl.Perf.Kernels;

/// <summary>The encodings of Parquet pages, before compression.</summary>
public class EncodingBench
{
    private readonly ByteBuffer _page;
    private readonly DeltaLengthEncoder _lengths;
    private readonly ColumnValues _texts;
    private readonly long[] _longs = Sample.Longs(1 << 24);
    private readonly long[] _ascending = [.. Sample.Longs(1 << 24).Order()];
    private readonly int[] _indices = [.. Sample.Longs(100).Select(v => (int)(v / 1_000_003))];
    private readonly int[] _runs = [.. Enumerable.Range(0, Sample.Rows).Select(i => (i >> 8) % 100)];

    public EncodingBench()
    {
        BufferLease lease = Sample.Pool().Lease();
        _page = new ByteBuffer(lease, 8 << 20);
        _lengths = new DeltaLengthEncoder(_page, lease);
        (byte[] heap, TextView[] views) = Sample.Texts("text");
        var column = new Column
        {
            Type = ColumnType.Text,
            Count = views.Length,
            Views = views,
            Bytes = heap,
        };
        using var batch = new RowBatch(Sample.Pool().Lease(), views.Length, [column]);
        _texts = ColumnValues.Gather([batch], 0, new Field("text", ColumnType.Text, Nullable: false), views.Length, lease);
    }

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Plain_Longs() => Page(() => PlainEncoder.Longs(_longs, sizeof(long), _page));

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int DeltaLength_Texts() =>
        Page(() =>
        {
            var range = new TextRange();
            _lengths.Encode(_texts, 0, Sample.Rows, ref range);
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
