using BenchmarkDotNet.Attributes;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Parsing;
using StreamEtl.Perf.Data;

namespace StreamEtl.Perf.Kernels;

/// <summary>Bytes to field ends, by every scanner that this machine can run.</summary>
[PerByte]
public class ScannerBench
{
    private readonly BufferLease _lease = Sample.Pool().Lease();
    private readonly CsvDialect _dialect = CsvDialect.Default;
    private byte[] _block = [];
    private IScanner _scanner = null!;
    private FieldIndex _index = null!;

    [ParamsSource(nameof(Names))]
    public string Scanner { get; set; } = "";

    [Params(false, true)]
    public bool Quoted { get; set; }

    public static IEnumerable<string> Names => Scanners.Available.Select(s => s.Name);

    [GlobalSetup]
    public void Setup()
    {
        _scanner = Scanners.Choose(Scanner);
        _block = Sample.Csv(Quoted);
        _index = new FieldIndex(_lease, Sample.Bytes);
    }

    [Benchmark(OperationsPerInvoke = Sample.Bytes)]
    public int Scan()
    {
        _index.Cut(0);
        return _scanner.Scan(_block, isLast: false, _dialect, _index);
    }
}
