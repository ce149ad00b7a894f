using System.Buffers.Binary;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Parquet;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Parquet.Writing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Writing;

public sealed class FooterTests
{
    private static readonly ParquetWriteOptions Options = new() { PageBytes = 2048 };

    [Fact]
    public async Task File_WithoutRows_IsMagicSchemaMagic()
    {
        (byte[] file, FileFooter footer) = await WriteAsync(0, 0, 0.5);
        Assert.Equal("PAR1"u8.ToArray(), file[..4]);
        Assert.Equal("PAR1"u8.ToArray(), file[^4..]);
        Assert.Empty(footer.RowGroups);
        Assert.Equal(17, footer.Schema.Count);
        Assert.Matches(@"^StreamEtl version \d+\.\d+\.\d+\S* \(build \S+\)$", footer.CreatedBy);
    }

    [Fact]
    public async Task Schema_OfEveryType_SaysBothOldAndNewMeaning()
    {
        (_, FileFooter footer) = await WriteAsync(1, 10, 0.5);
        var seen = footer.Schema.Skip(1).Select(s => (s.Type, s.Logical, s.Converted, s.UnitDigits, s.IsAdjustedToUtc)).ToArray();
        Assert.Equal(
            [
                (PhysicalType.Boolean, LogicalKind.None, null, 0, false),
                (PhysicalType.Int64, LogicalKind.Decimal, ConvertedType.Decimal, 0, false),
                (PhysicalType.FixedLenByteArray, LogicalKind.Decimal, ConvertedType.Decimal, 0, false),
                (PhysicalType.Double, LogicalKind.None, null, 0, false),
                (PhysicalType.Int32, LogicalKind.Date, ConvertedType.Date, 0, false),
                (PhysicalType.Int64, LogicalKind.Time, ConvertedType.TimeMicros, 6, false),
                (PhysicalType.Int64, LogicalKind.Timestamp, ConvertedType.TimestampMicros, 6, false),
                (PhysicalType.Int64, LogicalKind.Timestamp, null, 9, false),
                (PhysicalType.Int64, LogicalKind.Timestamp, ConvertedType.TimestampMicros, 6, true),
                (PhysicalType.ByteArray, LogicalKind.String, ConvertedType.Utf8, 0, false),
                (PhysicalType.ByteArray, LogicalKind.None, null, 0, false),
            ],
            new[] { 0, 4, 5, 6, 8, 9, 10, 11, 12, 13, 15 }.Select(i => seen[i])
        );
        Assert.All(footer.Schema.Skip(1), s => Assert.Equal(Repetition.Optional, s.Repetition));
        Assert.Equal((38, 10, 16), (footer.Schema[6].Precision, footer.Schema[6].Scale, footer.Schema[6].TypeLength));
    }

    /// <summary>Walks every chunk page by page: headers, sizes and counts must add up to what the footer says, without a gap.</summary>
    [Fact]
    public async Task Chunks_PageByPage_AddUpToTheFooter()
    {
        (byte[] file, FileFooter footer) = await WriteAsync(6, 1500, 0.3);
        Assert.Equal(3, footer.RowGroups.Count);
        long position = 4;
        foreach (RowGroupInfo group in footer.RowGroups)
        {
            foreach (ChunkInfo chunk in group.Chunks)
            {
                Assert.Equal(position, chunk.Start);
                long end = position + chunk.CompressedBytes;
                long plain = 0;
                long values = 0;
                while (position < end)
                {
                    PageHeader page = PageHeader.Read(file.AsSpan((int)position), out int header);
                    Assert.Equal(position == chunk.DictionaryOffset, page.Type == PageType.Dictionary);
                    values += page.Type == PageType.Data ? page.ValueCount : 0;
                    plain += header + page.UncompressedBytes;
                    position += header + page.CompressedBytes;
                    Assert.True(chunk.Codec != CompressionCodec.Uncompressed || page.CompressedBytes == page.UncompressedBytes);
                }
                Assert.Equal(end, position);
                Assert.Equal(chunk.UncompressedBytes, plain);
                Assert.Equal(chunk.ValueCount, values);
                Assert.Equal(group.RowCount, values);
            }
        }
    }

    [Fact]
    public async Task Encode_ColumnDeclaredNotNullWithANull_IsRefusedAndLeaksNothing()
    {
        var pool = new BufferPool(new MemoryBudget(64 << 20));
        var table = new SampleTable(3, 1, 100, 0.5, pool);
        Field[] required = [.. table.Fields.Select(f => f with { Nullable = false })];
        Assert.Throws<StreamEtlException>(() => new ParquetEncoder(required, Options, pool).Encode(table.Batches));
        await table.WriteAsync(Options, 1, pool);
        Assert.Equal(0, pool.OutstandingLeases);
    }

    private static async Task<(byte[] File, FileFooter Footer)> WriteAsync(int batches, int rows, double nullShare)
    {
        var pool = new BufferPool(new MemoryBudget(256 << 20));
        byte[] file = await new SampleTable(1, batches, rows, nullShare, pool).WriteAsync(Options, 2, pool);
        Assert.Equal(0, pool.OutstandingLeases);
        int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));
        return (file, FooterReader.Read(file.AsSpan(file.Length - 8 - length, length)));
    }
}
