using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using StreamEtl.Compression;
using StreamEtl.Perf.Data;

namespace StreamEtl.Perf.Kernels;

/// <summary>A page of text or of numbers; bytes are counted uncompressed.</summary>
[PerByte]
public class SnappyBench
{
    private readonly byte[] _compressed = new byte[Snappy.MaxCompressedLength(Sample.Bytes)];
    private readonly byte[] _decompressed = new byte[Sample.Bytes];
    private byte[] _page = [];
    private int _length;

    [Params("text", "numbers")]
    public string Page { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _page =
            Page == "text"
                ? Sample.Csv(quoted: false)
                : [.. MemoryMarshal.AsBytes(Sample.Longs(1000).AsSpan()), .. new byte[Sample.Bytes / 2]];
        _length = Snappy.Compress(_page, _compressed);
    }

    [Benchmark(OperationsPerInvoke = Sample.Bytes)]
    public int Compress() => Snappy.Compress(_page, _compressed);

    [Benchmark(OperationsPerInvoke = Sample.Bytes)]
    public bool Decompress() => Snappy.TryDecompress(_compressed.AsSpan(0, _length), _decompressed, out _);
}
