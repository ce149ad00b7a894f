using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Parquet.Writing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Pages that are larger than units, as some writers make them of whole row groups.</summary>
public sealed class LargePageTests : IDisposable
{
    private const int Rows = 32_768;
    private const int Width = 800;
    private const long PageBytes = (long)Rows * Width;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"streametl-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Read_PagesOfManyUnits_HoldsOnePageAColumnOrSaysWhatItNeeds()
    {
        byte[][] expected = await WriteAsync();
        var small = new BufferPool(new MemoryBudget(96 << 20));
        using (ParquetSession session = ParquetSession.Open(_path, small))
        {
            var error = Assert.Throws<StreamEtlException>(() => session.Read());
            Assert.Equal(ErrorKind.MemoryTooSmall, error.Kind);
            Assert.Contains("--memory", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal((0, 0L), (small.OutstandingLeases, small.Budget.Peak));
        var pool = new BufferPool(new MemoryBudget(256 << 20));
        using (ParquetSession session = ParquetSession.Open(_path, pool))
        {
            IReadOnlyList<PlanColumn> plan = CorpusReader.PlanOf(session.Source);
            long bytes = 0;
            int row = 0;
            int units = 0;
            while (session.Read() is { } unit)
            {
                bytes += unit.InputBytes;
                using RowBatch batch = session.Source.Decode(unit, plan);
                for (int c = 0; c < expected.Length; c++)
                {
                    for (int r = 0; r < batch.RowCount; r++)
                    {
                        Assert.True(batch.Columns[c]!.Text(r).SequenceEqual(expected[c].AsSpan((row + r) * Width, Width)));
                    }
                }
                row += batch.RowCount;
                units++;
            }
            Assert.Equal(Rows, row);
            Assert.InRange(units, 4, 100);
            // The units share the bytes of a page; none counts it whole.
            Assert.InRange(bytes, new FileInfo(_path).Length * 9 / 10, new FileInfo(_path).Length);
        }
        pool.Trim();
        Assert.Equal((0, 0L), (pool.OutstandingLeases, pool.Budget.Used));
        Assert.InRange(pool.Budget.Peak, 2 * PageBytes, 4 * PageBytes);
    }

    /// <summary>Two columns of one page each, of texts that no codec makes much smaller.</summary>
    private async Task<byte[][]> WriteAsync()
    {
        var random = new Random(12);
        byte[][] values = [new byte[PageBytes], new byte[PageBytes]];
        Field[] fields = [new("a", ColumnType.Text, false), new("b", ColumnType.Text, false)];
        var pool = new BufferPool(new MemoryBudget(1 << 30));
        var columns = new Column[values.Length];
        for (int c = 0; c < columns.Length; c++)
        {
            random.NextBytes(values[c]);
            foreach (ref byte b in values[c].AsSpan())
            {
                b = (byte)(' ' + (b & 63));
            }
            columns[c] = new Column
            {
                Type = ColumnType.Text,
                Count = Rows,
                Views = [.. Enumerable.Range(0, Rows).Select(r => new TextView(r * Width, Width))],
                Bytes = values[c],
            };
        }
        var options = new ParquetWriteOptions { PageBytes = 1 << 28, RowsPerGroup = Rows };
        var encoder = new ParquetEncoder(fields, options, pool);
        await using FileStream file = File.Create(_path);
        await encoder.WriteHeaderAsync(file, CancellationToken.None);
        using var batch = new RowBatch(pool.Lease(), Rows, columns);
        using EncodedPart part = encoder.Encode([batch]);
        await encoder.WritePartAsync(part, file, CancellationToken.None);
        await encoder.WriteFooterAsync(file, CancellationToken.None);
        return values;
    }
}
