using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Parquet.Reading;
using StreamEtl.Parquet.Writing;
using StreamEtl.Sources;
using StreamEtl.Storage;
using StreamEtl.Tests.Parquet.Writing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Reading chosen rows gives what reading all and choosing afterwards gives, and leaves the rest of the file alone.</summary>
public sealed class SelectionTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 7)]
    [InlineData(4, 64)]
    public async Task Read_ChosenRowsOfEveryType_AreThoseOfAFullRead(int seed, int rowsPerUnit)
    {
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        var table = new SampleTable(seed, batches: 6, rowsPerBatch: 200, nullShare: 0.2, pool);
        byte[] file = await table.WriteAsync(new ParquetWriteOptions { PageBytes = 256 }, batchesPerGroup: 2, pool);
        MemoryStore store = await StoreOfAsync(file);
        List<string> all = await RowsAsync(store, pool, null, rowsPerUnit);
        Assert.Equal(table.Rows.Count, all.Count);
        var random = new Random(seed);
        foreach (double share in new[] { 0, 0.002, 0.05, 0.5, 0.99, 1 })
        {
            using var rows = new RowBitmap(all.Count, pool.Budget);
            List<string> expected = [];
            for (int r = 0; r < all.Count; r++)
            {
                if (random.NextDouble() < share)
                {
                    rows.Set(r);
                    expected.Add(all[r]);
                }
            }
            Assert.Equal(expected, await RowsAsync(store, pool, rows, rowsPerUnit));
        }
        Assert.Equal(0, pool.OutstandingLeases);
    }

    [Fact]
    public void Read_ChosenRowsOfOtherWritersFiles_AreThoseOfAFullRead()
    {
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        var random = new Random(5);
        int compared = 0;
        foreach (
            CorpusFile file in ParquetCorpus.OfTier("should").Concat(ParquetCorpus.OfTier("must")).Where(f => f.Rows is > 4 and < 5000)
        )
        {
            List<string> all = Rows(FileBytes.Open(file.Path), pool, null, rowsPerUnit: 5);
            using var rows = new RowBitmap(all.Count, pool.Budget);
            List<string> expected = [];
            for (int r = 0; r < all.Count; r++)
            {
                if (random.Next(8) == 0)
                {
                    rows.Set(r);
                    expected.Add(all[r]);
                }
            }
            Assert.Equal(expected, Rows(FileBytes.Open(file.Path), pool, rows, rowsPerUnit: random.Next(1, 9)));
            compared++;
        }
        Assert.True(compared > 100, $"{compared} files");
        Assert.Equal(0, pool.OutstandingLeases);
    }

    [Fact]
    public async Task Read_FewRowsOfManyPages_LeavesMostOfTheFileUnread()
    {
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        byte[] file = await LongTableAsync(pool, rows: 400_000);
        MemoryStore store = await StoreOfAsync(file);
        using var rows = new RowBitmap(400_000, pool.Budget);
        foreach (long row in new long[] { 7, 150_000, 399_999 })
        {
            rows.Set(row);
        }
        await using var bytes = new CountingBytes(await ObjectBytes.OpenAsync(store, "t.parquet", CancellationToken.None));
        List<string> found = Rows(bytes, pool, rows, rowsPerUnit: 0);
        Assert.Equal([$"{Scramble(7)}|v7", $"{Scramble(150_000)}|v0", $"{Scramble(399_999)}|v9"], found);
        Assert.True(bytes.BytesRead < file.Length / 20, $"{bytes.BytesRead} of {file.Length} bytes");
        Assert.Equal(0, pool.OutstandingLeases);
    }

    [Fact]
    public async Task Read_NoWantedRow_ReadsTheFooterOnly()
    {
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        byte[] file = await LongTableAsync(pool, rows: 200_000);
        MemoryStore store = await StoreOfAsync(file);
        using var rows = new RowBitmap(200_000, pool.Budget);
        await using var bytes = new CountingBytes(await ObjectBytes.OpenAsync(store, "t.parquet", CancellationToken.None));
        Assert.Empty(Rows(bytes, pool, rows, rowsPerUnit: 0));
        Assert.True(bytes.BytesRead < 10_000, $"{bytes.BytesRead} bytes");
    }

    [Fact]
    public async Task Read_PageIndexThatMovesRows_IsDamage()
    {
        var pool = new BufferPool(new MemoryBudget(1L << 30));
        byte[] file = await LongTableAsync(pool, rows: 100_000);
        await using ParquetFile sound = await ParquetFile.OpenAsync(
            await ObjectBytes.OpenAsync(await StoreOfAsync(file), "t.parquet", CancellationToken.None),
            CancellationToken.None
        );
        int index = (int)sound.Footer.RowGroups.SelectMany(g => g.Chunks).Min(c => c.IndexOffset);
        int wrong = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            // The index stands between the last page and the footer; whatever is wrong with it, rows are right or there is an error.
            byte[] damaged = [.. file];
            var random = new Random(seed);
            damaged[random.Next(index, file.Length - 11)] ^= (byte)(1 << random.Next(8));
            using var rows = new RowBitmap(100_000, pool.Budget);
            rows.Set(90_000);
            try
            {
                List<string> found = Rows(
                    await ObjectBytes.OpenAsync(await StoreOfAsync(damaged), "t.parquet", CancellationToken.None),
                    pool,
                    rows,
                    rowsPerUnit: 0
                );
                Assert.Equal($"{Scramble(90_000)}|v0", Assert.Single(found));
            }
            catch (StreamEtlException)
            {
                wrong++;
            }
        }
        Assert.InRange(wrong, 1, 299);
        Assert.Equal(0, pool.OutstandingLeases);
    }

    private static async Task<MemoryStore> StoreOfAsync(byte[] file)
    {
        var store = new MemoryStore();
        Assert.True(await store.WriteWholeAsync("t.parquet", file, WriteCondition.IfAbsent, CancellationToken.None));
        return store;
    }

    private static async Task<List<string>> RowsAsync(MemoryStore store, BufferPool pool, RowBitmap? rows, int rowsPerUnit) =>
        Rows(await ObjectBytes.OpenAsync(store, "t.parquet", CancellationToken.None), pool, rows, rowsPerUnit);

    private static List<string> Rows(IRandomBytes bytes, BufferPool pool, RowBitmap? rows, int rowsPerUnit)
    {
        var result = new List<string>();
        using ParquetSession session = ParquetSession.Open(bytes, pool, rowsPerUnit, rows);
        IReadOnlyList<PlanColumn> plan = CorpusReader.PlanOf(session.Source);
        session.Source.SetPlan(plan);
        byte[] text = new byte[1 << 16];
        while (session.Read() is { } unit)
        {
            using SourceUnit owned = unit;
            using RowBatch batch = session.Source.Decode(unit, plan);
            for (int r = 0; r < batch.RowCount; r++)
            {
                result.Add(string.Join('|', batch.Columns.Select(c => TextOf(c!, r, text))));
            }
        }
        return result;
    }

    private static string TextOf(Column column, int row, byte[] buffer) =>
        column.IsNull(row) ? "NULL"
        : column.Views is not null ? System.Text.Encoding.Latin1.GetString(column.Text(row))
        : System.Text.Encoding.UTF8.GetString(buffer, 0, ValueText.Format(column, row, buffer));

    /// <summary>Numbers that no encoding makes small.</summary>
    private static long Scramble(long row) =>
        (long)Math.BigMul((ulong)(row + 1) * 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93UL, out ulong low) ^ (long)low;

    /// <summary>Row r holds a number of its own and "v" with its last digit: pages of many values, and a dictionary.</summary>
    private static async Task<byte[]> LongTableAsync(BufferPool pool, int rows)
    {
        Field[] fields = [new("n", ColumnType.Integer, false), new("t", ColumnType.Text, false)];
        var encoder = new ParquetEncoder(fields, new ParquetWriteOptions { PageBytes = 4096 }, pool);
        using var file = new MemoryStream();
        await encoder.WriteHeaderAsync(file, CancellationToken.None);
        const int Group = 100_000;
        for (int first = 0; first < rows; first += Group)
        {
            BufferLease lease = pool.Lease();
            long[] numbers = lease.Rent<long>(Group);
            TextView[] views = lease.Rent<TextView>(Group);
            for (int r = 0; r < Group; r++)
            {
                numbers[r] = Scramble(first + r);
                views[r] = new TextView(2 * (r % 10), 2);
            }
            Column[] columns =
            [
                new()
                {
                    Type = ColumnType.Integer,
                    Count = Group,
                    Longs = numbers,
                },
                new()
                {
                    Type = ColumnType.Text,
                    Count = Group,
                    Views = views,
                    Bytes = "v0v1v2v3v4v5v6v7v8v9"u8.ToArray(),
                },
            ];
            using var batch = new RowBatch(lease, Group, columns);
            using StreamEtl.Encoding.EncodedPart part = encoder.Encode([batch]);
            await encoder.WritePartAsync(part, file, CancellationToken.None);
        }
        await encoder.WriteFooterAsync(file, CancellationToken.None);
        return file.ToArray();
    }
}
