using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Parquet.Writing;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Writing;

/// <summary>A table of every type with awkward values, as batches and as the texts that a reader must see (null for NULL).</summary>
internal sealed class SampleTable
{
    private static readonly ColumnType[] Types =
    [
        ColumnType.Boolean,
        ColumnType.Integer,
        ColumnType.Integer,
        ColumnType.Integer,
        ColumnType.Decimal(18, 4),
        ColumnType.Decimal(38, 10),
        ColumnType.Float,
        ColumnType.Float,
        ColumnType.Date,
        ColumnType.Time,
        ColumnType.Timestamp,
        new(ColumnKind.Timestamp, 0, 9),
        ColumnType.Instant,
        ColumnType.Text,
        ColumnType.Text,
        ColumnType.Binary,
    ];

    private readonly Random _random;
    private readonly double _nullShare;

    public SampleTable(int seed, int batches, int rowsPerBatch, double nullShare, BufferPool pool)
    {
        _random = new Random(seed);
        _nullShare = nullShare;
        Fields = [.. Types.Select((t, i) => new Field($"c{i} {t.Kind}", t, nullShare > 0))];
        for (int b = 0; b < batches; b++)
        {
            Batches.Add(NewBatch(rowsPerBatch, pool));
        }
    }

    public Field[] Fields { get; }

    public List<RowBatch> Batches { get; } = [];

    public List<string?[]> Rows { get; } = [];

    /// <summary>Writes the table, so many batches a row group.</summary>
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

    private RowBatch NewBatch(int rows, BufferPool pool)
    {
        BufferLease lease = pool.Lease();
        string?[][] texts = [.. Enumerable.Range(0, rows).Select(_ => new string?[Types.Length])];
        var columns = new Column[Types.Length];
        for (int c = 0; c < columns.Length; c++)
        {
            columns[c] = NewColumn(c, texts, lease);
        }
        var batch = new RowBatch(lease, rows, columns);
        if (_random.Next(2) == 0)
        {
            int[] selection = lease.Rent<int>(rows);
            int count = 0;
            for (int r = 0; r < rows; r++)
            {
                selection[count] = r;
                count += _random.Next(3) > 0 ? 1 : 0;
            }
            batch.Select(selection, count);
            Rows.AddRange(selection.Take(count).Select(r => texts[r]));
        }
        else
        {
            Rows.AddRange(texts);
        }
        return batch;
    }

    private Column NewColumn(int index, string?[][] texts, BufferLease lease)
    {
        ColumnType type = Types[index];
        int rows = texts.Length;
        long[] longs = new long[rows];
        var wide = new Int128[rows];
        var views = new TextView[rows];
        ulong[] nulls = new ulong[(rows + 63) >> 6];
        var heap = new List<byte>();
        int nullCount = 0;
        for (int r = 0; r < rows; r++)
        {
            if (_random.NextDouble() < _nullShare)
            {
                nulls[r >> 6] |= 1UL << r;
                nullCount++;
            }
            else if (type.IsVariable)
            {
                byte[] bytes = NewBytes(type.Kind, index);
                views[r] = new TextView(heap.Count, bytes.Length);
                heap.AddRange(bytes);
                texts[r][index] =
                    type.Kind == ColumnKind.Text ? System.Text.Encoding.UTF8.GetString(bytes) : Convert.ToHexStringLower(bytes);
            }
            else if (type.IsWide)
            {
                wide[r] =
                    (new Int128((ulong)_random.NextInt64(), (ulong)_random.NextInt64()) >> _random.Next(1, 120))
                    * (_random.Next(2) == 0 ? 1 : -1);
                wide[r] %= Int128.Parse("100000000000000000000000000000000000000", CultureInfo.InvariantCulture);
                texts[r][index] = Decimal(wide[r], type.Scale);
            }
            else
            {
                longs[r] = NewLong(type, index, r);
                texts[r][index] = Text(type, longs[r]);
            }
        }
        return new Column
        {
            Type = type,
            Count = rows,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Longs = type.IsVariable || type.IsWide ? null : Lease(longs, lease),
            Wide = type.IsWide ? wide : null,
            Views = type.IsVariable ? views : null,
            Bytes = type.IsVariable ? [.. heap] : null,
        };
    }

    private static long[] Lease(long[] values, BufferLease lease)
    {
        long[] rented = lease.Rent<long>(Math.Max(values.Length, 1));
        values.CopyTo(rented, 0);
        return rented;
    }

    private byte[] NewBytes(ColumnKind kind, int index)
    {
        if (kind == ColumnKind.Binary)
        {
            byte[] bytes = new byte[_random.Next(0, 90)];
            _random.NextBytes(bytes);
            return bytes;
        }
        string[] pieces =
        [
            "",
            "a",
            "open",
            "shipped",
            "Köln",
            "日本語テキスト",
            "\U0001F600",
            "quote \" and \\ and \n line",
            "\uFFFF",
            new string('z', 70),
        ];
        string text = pieces[_random.Next(pieces.Length)];
        // Column 13 has few values and gets a dictionary; column 14 has many.
        return System.Text.Encoding.UTF8.GetBytes(index == 13 ? text : $"{text}{_random.Next()}{pieces[_random.Next(pieces.Length)]}");
    }

    private long NewLong(ColumnType type, int index, int row)
    {
        long any = _random.NextInt64(long.MinValue, long.MaxValue) >> _random.Next(0, 63);
        return type.Kind switch
        {
            ColumnKind.Boolean => _random.Next(2),
            // Any number, a counter, and a handful of values in runs: plain, delta and dictionary.
            ColumnKind.Integer => index switch
            {
                1 => _random.Next(20) == 0 ? (_random.Next(2) == 0 ? long.MinValue : long.MaxValue) : any,
                2 => 1_000_000_000 + row,
                _ => row / 100 % 7,
            },
            ColumnKind.Decimal => any % 1_000_000_000_000_000_000,
            ColumnKind.Float => BitConverter.DoubleToInt64Bits(
                index == 7
                    ? double.NaN
                    : _random.Next(9) switch
                    {
                        0 => double.NaN,
                        1 => -0.0,
                        2 => 0.0,
                        3 => double.PositiveInfinity,
                        4 => double.NegativeInfinity,
                        _ => _random.Next(-1000, 1000) / 8.0,
                    }
            ),
            ColumnKind.Date => _random.Next(-700_000, 700_000),
            ColumnKind.Time => _random.NextInt64(86_400_000_000),
            _ => any >> 4,
        };
    }

    private static string Text(ColumnType type, long value)
    {
        double number = BitConverter.Int64BitsToDouble(value);
        return type.Kind switch
        {
            ColumnKind.Boolean => value != 0 ? "true" : "false",
            ColumnKind.Decimal => Decimal(value, type.Scale),
            ColumnKind.Float => number == 0 && double.IsNegative(number) ? "-0" : number.ToString("R", CultureInfo.InvariantCulture),
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string Decimal(Int128 unscaled, int scale)
    {
        string digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(unscaled < 0 ? "-" : "")}{digits[..^scale]}.{digits[^scale..]}";
    }
}
