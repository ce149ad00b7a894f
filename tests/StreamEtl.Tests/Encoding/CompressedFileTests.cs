using System.Buffers.Binary;
using System.IO.Compression;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Sources;
using StreamEtl.Tests.Parquet.Writing;
using StreamEtl.Tests.Sources;

namespace StreamEtl.Tests.Encoding;

/// <summary>Compressed outputs hold what the plain ones do, as one gzip member or one zstd frame, whatever the parts were.</summary>
public sealed class CompressedFileTests
{
    private static readonly string[] Formats = ["csv", "ndjson", "json"];

    public static TheoryData<string, int, int> Shapes()
    {
        var data = new TheoryData<string, int, int>();
        foreach (string format in Formats)
        {
            data.Add(format, 0, 0);
            data.Add(format, 1, 1);
            data.Add(format, 7, 900);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Gzip_AnyParts_AreOneMemberWithThePlainText(string format, int batches, int rows)
    {
        (byte[] plain, byte[] stored) = await WriteAsync(format, batches, rows, (text, pool) => new GzipFileEncoder(text, pool));
        using var zlib = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
        var seen = new MemoryStream();
        await zlib.CopyToAsync(seen);
        Assert.Equal(plain, seen.ToArray());
        await using var strict = new GzipSource(new MemorySource(stored, "a.gz"));
        Assert.Equal(plain, await MemorySource.ReadAllAsync(strict));
        // The length that the file ends with is of the last member alone, so it is of everything only when there is one.
        Assert.Equal((uint)plain.Length, BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(stored.Length - 4)));
        Assert.True(plain.Length < 100_000 || stored.Length < plain.Length * 3 / 4, $"{plain.Length} bytes became {stored.Length}");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Zstd_AnyParts_AreOneFrameWithThePlainText(string format, int batches, int rows)
    {
        (byte[] plain, byte[] stored) = await WriteAsync(format, batches, rows, (text, _) => new ZstdFileEncoder(text));
        using ZstdDecoder decoder = ZstdDecoder.TryOpen()!;
        var seen = new byte[plain.Length + 1];
        Assert.True(decoder.TryRun(stored, seen, out int consumed, out int written, out nuint expected, out string? reason), reason);
        // The decoder stops at the end of a frame, so all must be out after one run.
        Assert.Equal((stored.Length, plain.Length, 0u), (consumed, written, (uint)expected));
        Assert.Equal(plain, seen[..written]);
    }

    [Fact]
    public async Task Gzip_SameRows_AreTheSameBytes()
    {
        (_, byte[] first) = await WriteAsync("csv", 3, 100, (text, pool) => new GzipFileEncoder(text, pool));
        (_, byte[] second) = await WriteAsync("csv", 3, 100, (text, pool) => new GzipFileEncoder(text, pool));
        Assert.Equal(first, second);
    }

    private static async Task<(byte[] Plain, byte[] Stored)> WriteAsync(
        string format,
        int batches,
        int rows,
        Func<RowTextEncoder, BufferPool, IBatchEncoder> compress
    )
    {
        var pool = new BufferPool(new MemoryBudget(256 << 20));
        var table = new SampleTable(batches, batches, rows, 0.1, pool);
        byte[] plain = await WriteAsync(NewText(format, table, pool), table, 1);
        IBatchEncoder compressed = compress(NewText(format, table, pool), pool);
        byte[] stored = await WriteAsync(compressed, table, 2);
        (compressed as IDisposable)?.Dispose();
        table.Batches.ForEach(b => b.Dispose());
        Assert.Equal(0, pool.OutstandingLeases);
        return (plain, stored);
    }

    private static RowTextEncoder NewText(string format, SampleTable table, BufferPool pool) =>
        format switch
        {
            "csv" => new DelimitedEncoder(table.Fields, ',', pool),
            "json" => new JsonArrayEncoder(table.Fields, pool),
            _ => new JsonLinesEncoder(table.Fields, pool),
        };

    private static async Task<byte[]> WriteAsync(IBatchEncoder encoder, SampleTable table, int batchesPerPart)
    {
        var file = new MemoryStream();
        await encoder.WriteHeaderAsync(file, default);
        foreach (var group in table.Batches.Chunk(batchesPerPart))
        {
            using EncodedPart part = encoder.Encode(group);
            await encoder.WritePartAsync(part, file, default);
        }
        await encoder.WriteFooterAsync(file, default);
        return file.ToArray();
    }
}
