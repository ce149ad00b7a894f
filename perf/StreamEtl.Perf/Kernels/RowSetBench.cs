using BenchmarkDotNet.Attributes;
using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Memory;
using StreamEtl.Perf.Data;
using StreamEtl.Spill;

namespace StreamEtl.Perf.Kernels;

/// <summary>The tables and bitmaps behind dedupe and diff, in the caches.</summary>
public class RowSetBench
{
    private static readonly MemoryBudget Budget = new(1L << 30);
    private static readonly RowBitmap Bitmap = EveryThird();

    private readonly Hash128[] _distinct = Sample.Hashes(Sample.Rows);
    private readonly Hash128[] _repeated = Sample.Hashes(1000);
    private readonly KeyIndex _index = new();
    private readonly int[] _rows = new int[Sample.Rows];

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int RowBitmap_Select() => Bitmap.Select(0, Sample.Rows, _rows);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public void RowBitmap_Set()
    {
        for (int i = 0; i < Sample.Rows; i++)
        {
            Bitmap.Set(i);
        }
    }

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int KeyIndex_AllNew() => Probe(_distinct);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int KeyIndex_MostlyKnown() => Probe(_repeated);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int DistinctRows_AllNew() => Filter(_distinct);

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int DistinctRows_MostlyKnown() => Filter(_repeated);

    private int Probe(Hash128[] keys)
    {
        _index.Clear();
        int last = 0;
        foreach (ref readonly Hash128 key in keys.AsSpan())
        {
            last = _index.FindOrAdd(key, default);
        }
        return last;
    }

    private int Filter(Hash128[] hashes)
    {
        using var seen = new DistinctRows(Budget, hashes.Length);
        return seen.Filter(hashes, _rows);
    }

    private static RowBitmap EveryThird()
    {
        var bitmap = new RowBitmap(Sample.Rows, Budget);
        for (int i = 0; i < Sample.Rows; i += 3)
        {
            bitmap.Set(i);
        }
        return bitmap;
    }
}
