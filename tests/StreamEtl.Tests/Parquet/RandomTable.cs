using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Parquet.Writing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet;

/// <summary>
/// A small table of random types, shapes of values (any, few, runs, counting) and NULLs, in batches with and without a selection. <see cref="Rows"/> are the
/// selected values: null, a long, an Int128, or the bytes of a text.
/// </summary>
internal sealed class RandomTable
{
    private static readonly ColumnType[] Types =
    [
        ColumnType.Boolean,
        ColumnType.Integer,
        ColumnType.Decimal(18, 0),
        ColumnType.Decimal(18, 18),
        ColumnType.Decimal(38, 3),
        ColumnType.Decimal(38, 38),
        ColumnType.Float,
        ColumnType.Date,
        ColumnType.Time,
        ColumnType.Timestamp,
        new(ColumnKind.Timestamp, 0, 9),
        ColumnType.Instant,
        new(ColumnKind.Instant, 0, 9),
        ColumnType.Text,
        ColumnType.Binary,
    ];

    private static readonly Int128 MostWide = WidePower(38) - 1;

    private readonly Random _random;
    private readonly double[] _nullShare;
    private readonly int[] _shape;

    public RandomTable(Random random, BufferPool pool)
    {
        _random = random;
        int columns = random.Next(1, 5);
        _nullShare =
        [
            .. Enumerable
                .Range(0, columns)
                .Select(_ =>
                    random.Next(5) switch
                    {
                        0 => 0,
                        1 => 1,
                        2 => 0.02,
                        _ => random.NextDouble(),
                    }
                ),
        ];
        _shape = [.. Enumerable.Range(0, columns).Select(_ => random.Next(4))];
        Fields =
        [
            .. Enumerable
                .Range(0, columns)
                .Select(c => new Field($"c{c}", Types[random.Next(Types.Length)], _nullShare[c] > 0 || random.Next(2) == 0)),
        ];
        int largest = random.Next(20) == 0 ? 3000 : 60;
        for (int b = random.Next(5); b > 0; b--)
        {
            Batches.Add(NewBatch(random.Next(largest), pool));
        }
    }

    public Field[] Fields { get; }

    public List<RowBatch> Batches { get; } = [];

    public List<object?[]> Rows { get; } = [];

    /// <summary>Writes the table, so many batches a row group, and gives the batches back.</summary>
    public async Task<byte[]> WriteAsync(ParquetWriteOptions options, int batchesPerGroup, BufferPool pool)
    {
        var encoder = new ParquetEncoder(Fields, options, pool);
        using var file = new MemoryStream();
        await encoder.WriteHeaderAsync(file, CancellationToken.None);
        foreach (RowBatch[] group in Batches.Chunk(batchesPerGroup))
        {
            using EncodedPart part = encoder.Encode(group);
            await encoder.WritePartAsync(part, file, CancellationToken.None);
        }
        await encoder.WriteFooterAsync(file, CancellationToken.None);
        Batches.ForEach(b => b.Dispose());
        return file.ToArray();
    }

    /// <summary>A value as <see cref="Rows"/> holds it.</summary>
    public static object? ValueOf(Column column, int row) =>
        column.IsNull(row) ? null
        : column.Wide is { } wide ? wide[row]
        : column.Longs is { } longs ? longs[row]
        : Convert.ToHexString(column.Text(row));

    private RowBatch NewBatch(int rows, BufferPool pool)
    {
        BufferLease lease = pool.Lease();
        var batch = new RowBatch(lease, rows, [.. Fields.Select((f, c) => NewColumn(f.Type, c, rows))]);
        int[] selected = [.. Enumerable.Range(0, rows)];
        if (_random.Next(3) == 0)
        {
            selected = [.. selected.Where(_ => _random.Next(3) > 0)];
            int[] rented = lease.Rent<int>(Math.Max(rows, 1));
            selected.CopyTo(rented, 0);
            batch.Select(rented, selected.Length);
        }
        Rows.AddRange(selected.Select(r => batch.Columns.Select(c => ValueOf(c!, r)).ToArray()));
        return batch;
    }

    private Column NewColumn(ColumnType type, int index, int rows)
    {
        long[] longs = new long[rows];
        var wide = new Int128[rows];
        var views = new TextView[rows];
        ulong[] nulls = new ulong[(rows + 63) >> 6];
        var heap = new List<byte>();
        int nullCount = 0;
        long seed = _random.NextInt64() >> _random.Next(64);
        for (int r = 0; r < rows; r++)
        {
            // 0: any value; 1: few; 2: runs; 3: counting up.
            long raw = _shape[index] switch
            {
                0 => _random.NextInt64(long.MinValue, long.MaxValue) >> _random.Next(64),
                1 => _random.Next(4),
                2 => seed + (r / 40),
                _ => seed + r,
            };
            if (_random.NextDouble() < _nullShare[index])
            {
                nulls[r >> 6] |= 1UL << r;
                nullCount++;
            }
            else if (type.IsVariable)
            {
                byte[] bytes = Bytes(type.Kind, raw);
                views[r] = new TextView(heap.Count, bytes.Length);
                heap.AddRange(bytes);
            }
            else if (type.IsWide)
            {
                wide[r] = _shape[index] == 0 ? (((Int128)raw << 64) + _random.NextInt64()) % MostWide : raw;
            }
            else
            {
                longs[r] = Fit(type, raw);
            }
        }
        return new Column
        {
            Type = type,
            Count = rows,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Longs = type.IsVariable || type.IsWide ? null : longs,
            Wide = type.IsWide ? wide : null,
            Views = type.IsVariable ? views : null,
            Bytes = type.IsVariable ? [.. heap, 0] : null,
        };
    }

    private byte[] Bytes(ColumnKind kind, long raw)
    {
        string text = (raw & 7) switch
        {
            0 => "",
            1 => "Köln",
            2 => "\U0001F600\uFFFF",
            3 => new string('z', (int)(raw >> 3 & 127)),
            _ => $"value {raw}",
        };
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return kind == ColumnKind.Text ? bytes : [.. bytes, (byte)raw, 0xFF];
    }

    private static long Fit(ColumnType type, long raw) =>
        type.Kind switch
        {
            ColumnKind.Boolean => raw & 1,
            ColumnKind.Decimal => raw % 1_000_000_000_000_000_000,
            ColumnKind.Date => (int)raw,
            ColumnKind.Time => Math.Abs(raw % 86_400_000_000),
            _ => raw,
        };

    private static Int128 WidePower(int exponent)
    {
        Int128 power = 1;
        for (; exponent > 0; exponent--)
        {
            power *= 10;
        }
        return power;
    }
}
