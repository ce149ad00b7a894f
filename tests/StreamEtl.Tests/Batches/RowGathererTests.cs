using System.Globalization;
using System.Text;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Tests.Batches;

/// <summary>Rows gathered from many batches are those that were selected, in order, with their ordinals.</summary>
public sealed class RowGathererTests
{
    private static readonly ColumnType[] Types = [ColumnType.Integer, ColumnType.Text, ColumnType.Decimal(38, 2), ColumnType.Null];

    [Theory]
    [InlineData(1, 1L << 30)]
    [InlineData(2, 1L << 30)]
    [InlineData(3, 1L << 20)]
    [InlineData(4, 1L << 10)]
    public void Add_SelectedRowsOfManyBatches_ComeOutInOrderWithTheirOrdinals(int seed, long limit)
    {
        var random = new Random(seed);
        var pool = new BufferPool(new MemoryBudget(limit));
        List<string> expected = [];
        List<string> found = [];
        int batches = 0;
        long firstRow = (long)int.MaxValue * 3;
        var gatherer = new RowGatherer(pool);
        for (int b = 0; b < 200; b++)
        {
            using RowBatch batch = RandomBatch(random, pool, firstRow);
            // Now and then so far away that one number of 32 bits does not reach.
            firstRow += b % 50 == 49 ? (1L << 32) : batch.Ordinal(batch.RowCount - 1) - firstRow + 1;
            if (batch.SelectedCount == 0)
            {
                continue;
            }
            expected.AddRange(Rows(batch));
            if (!gatherer.Fits(batch))
            {
                found.AddRange(Emptied(gatherer));
                batches++;
                gatherer = new RowGatherer(pool);
            }
            gatherer.Add(batch);
        }
        found.AddRange(Emptied(gatherer));
        Assert.Equal(expected, found);
        Assert.InRange(batches, 3, 199);
        Assert.Equal(0, pool.OutstandingLeases);
    }

    private static List<string> Emptied(RowGatherer gatherer)
    {
        using RowBatch batch = gatherer.ToBatch();
        Assert.Equal(batch.RowCount, batch.SelectedCount);
        return Rows(batch);
    }

    private static List<string> Rows(RowBatch batch)
    {
        List<string> rows = [];
        for (int i = 0; i < batch.SelectedCount; i++)
        {
            int row = batch.Selection is { } selection ? selection[i] : i;
            var text = new StringBuilder().Append(batch.Ordinal(row));
            foreach (Column? column in batch.Columns)
            {
                text.Append('|')
                    .Append(
                        column is null ? "-"
                        : column.IsNull(row) ? "NULL"
                        : column.Views is not null ? System.Text.Encoding.UTF8.GetString(column.Text(row))
                        : column.Wide is { } wide ? wide[row].ToString(CultureInfo.InvariantCulture)
                        : column.Longs is { } longs ? longs[row].ToString(CultureInfo.InvariantCulture)
                        : "none"
                    );
            }
            rows.Add(text.ToString());
        }
        return rows;
    }

    private static RowBatch RandomBatch(Random random, BufferPool pool, long firstRow)
    {
        BufferLease lease = pool.Lease();
        int count = random.Next(10) == 0 ? random.Next(1, 6000) : random.Next(1, 60);
        var columns = new Column?[Types.Length + 1];
        for (int c = 0; c < Types.Length; c++)
        {
            columns[c] = RandomColumn(random, Types[c], count, lease);
        }
        int[]? positions = null;
        if (random.Next(2) == 0)
        {
            positions = lease.Rent<int>(count);
            for (int i = 0, at = 0; i < count; i++, at += random.Next(1, 4))
            {
                positions[i] = at;
            }
        }
        var batch = new RowBatch(lease, count, columns) { FirstRow = firstRow, Positions = positions };
        if (random.Next(3) > 0)
        {
            int[] selection = lease.Rent<int>(count);
            int selected = 0;
            for (int i = 0; i < count; i++)
            {
                if (random.Next(3) == 0)
                {
                    selection[selected++] = i;
                }
            }
            batch.Select(selection, selected);
        }
        return batch;
    }

    private static Column RandomColumn(Random random, ColumnType type, int count, BufferLease lease)
    {
        if (type.Kind == ColumnKind.Null)
        {
            return Column.AllNull(type, count, lease);
        }
        ulong[]? nulls = random.Next(2) == 0 ? null : lease.Rent<ulong>((count + 63) >> 6);
        int nullCount = 0;
        var bytes = new List<byte>();
        TextView[]? views = type.IsVariable ? lease.Rent<TextView>(count) : null;
        Int128[]? wide = type.IsWide ? lease.Rent<Int128>(count) : null;
        long[]? longs = views is null && wide is null ? lease.Rent<long>(count) : null;
        nulls?.AsSpan().Clear();
        for (int i = 0; i < count; i++)
        {
            bool isNull = nulls is not null && random.Next(4) == 0;
            nullCount += isNull ? 1 : 0;
            if (isNull)
            {
                nulls![i >> 6] |= 1UL << i;
            }
            byte[] text = isNull ? [] : System.Text.Encoding.UTF8.GetBytes(new string('ä', random.Next(20)));
            views?.SetValue(new TextView(bytes.Count, text.Length), i);
            bytes.AddRange(text);
            wide?.SetValue(isNull ? 0 : (Int128)random.NextInt64() * random.NextInt64(), i);
            longs?.SetValue(isNull ? 0 : random.NextInt64(), i);
        }
        return new Column
        {
            Type = type,
            Count = count,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Longs = longs,
            Wide = wide,
            Views = views,
            Bytes = views is null ? null : [.. bytes],
        };
    }
}
