using BenchmarkDotNet.Attributes;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Perf.Data;
using StreamEtl.Types;

namespace StreamEtl.Perf.Kernels;

/// <summary>Text to typed values.</summary>
public class TextConverterBench
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["integer"] = "integer",
        ["decimal"] = "decimal(18,2)",
        ["decimal38"] = "decimal(38,2)",
        ["float"] = "float",
        ["boolean"] = "boolean",
        ["date"] = "date",
        ["timestamp"] = "timestamp",
    };

    private readonly BufferPool _pool = Sample.Pool();
    private readonly ulong[] _bad = new ulong[Sample.Rows / 64];
    private ColumnType _type;
    private byte[] _heap = [];
    private TextView[] _views = [];

    [ParamsSource(nameof(Kinds))]
    public string To { get; set; } = "";

    public static IEnumerable<string> Kinds => Types.Keys;

    [GlobalSetup]
    public void Setup()
    {
        _type = TypeNames.Find(Types[To])!.Value;
        (_heap, _views) = Sample.Texts(To);
        if (Convert() > 0)
        {
            throw new InvalidOperationException($"the sample holds values that are not {To}");
        }
    }

    [Benchmark(OperationsPerInvoke = Sample.Rows)]
    public int Convert()
    {
        using BufferLease lease = _pool.Lease();
        _ = TextConverter.Convert(_type, TextPattern.Iso, new TextFormat(), _heap, _views, null, 0, Sample.Rows, lease, _bad, out int bad);
        return bad;
    }
}
