using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Perf.Data;

/// <summary>What the kernels work on: a batch's worth of rows, a block's worth of bytes, always the same.</summary>
internal static class Sample
{
    public const int Rows = 1 << 16;
    public const int Bytes = 1 << 20;
    private const int Seed = 20_260_101;

    private static readonly string[] Words = ["paid", "pending", "cancelled", "shipped", "returned", "new", "on hold"];

    public static BufferPool Pool() => new(new MemoryBudget(4L << 30));

    /// <summary>Orders as lines of CSV, cut off at exactly <see cref="Bytes"/> bytes; with quotes: every text is quoted, and some hold a delimiter or a line break.</summary>
    public static byte[] Csv(bool quoted)
    {
        var random = new Random(Seed);
        var text = new System.Text.StringBuilder();
        while (text.Length < Bytes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{random.Next(1, 1 << 30)},{random.Next(100_000)},")
                .Append(CultureInfo.InvariantCulture, $"{random.Next(100_000)}.{random.Next(10, 100)},{Value(random, "timestamp")},");
            string note = Value(random, "text");
            text.Append(quoted ? $"\"{note}, \"\"{Words[random.Next(Words.Length)]}\"\"\nand more\"\n" : $"{note}\n");
        }
        return System.Text.Encoding.ASCII.GetBytes(text.ToString(0, Bytes));
    }

    /// <summary>Values of a kind as text.</summary>
    public static (byte[] Heap, TextView[] Views) Texts(string kind)
    {
        var random = new Random(Seed);
        var heap = new MemoryStream();
        var views = new TextView[Rows];
        for (int i = 0; i < Rows; i++)
        {
            byte[] value = System.Text.Encoding.UTF8.GetBytes(Value(random, kind));
            views[i] = new TextView((int)heap.Position, value.Length);
            heap.Write(value);
        }
        // As in a block of input, something follows the last value.
        heap.Write(new byte[64]);
        return (heap.ToArray(), views);
    }

    /// <summary>Numbers of which <paramref name="distinct"/> differ.</summary>
    public static long[] Longs(long distinct)
    {
        var random = new Random(Seed);
        var values = new long[Rows];
        for (int i = 0; i < Rows; i++)
        {
            values[i] = random.NextInt64(distinct) * 1_000_003;
        }
        return values;
    }

    /// <summary>A column of the type, without NULLs, as decoding would make it.</summary>
    public static Column Column(ColumnType type)
    {
        if (type.IsVariable)
        {
            (byte[] heap, TextView[] views) = Texts("text");
            return new Column
            {
                Type = type,
                Count = Rows,
                Views = views,
                Bytes = heap,
            };
        }
        long[] longs = Longs(1 << 24);
        return new Column
        {
            Type = type,
            Count = Rows,
            Longs = type.IsWide ? null : longs,
            Wide = type.IsWide ? [.. longs.Select(v => (Int128)v * 1_000_000_007)] : null,
        };
    }

    public static Hash128[] Hashes(int distinct)
    {
        var random = new Random(Seed);
        var known = new Hash128[distinct];
        for (int i = 0; i < distinct; i++)
        {
            known[i] = new Hash128((ulong)random.NextInt64(), (ulong)random.NextInt64());
        }
        var hashes = new Hash128[Rows];
        for (int i = 0; i < Rows; i++)
        {
            hashes[i] = known[i % distinct];
        }
        return hashes;
    }

    private static string Value(Random random, string kind) =>
        kind switch
        {
            "integer" => random.Next(1 << 30).ToString(CultureInfo.InvariantCulture),
            "decimal" => string.Create(CultureInfo.InvariantCulture, $"{random.Next(100_000)}.{random.Next(10, 100)}"),
            "decimal38" => string.Create(
                CultureInfo.InvariantCulture,
                $"{random.NextInt64(1L << 60)}{random.Next(1000)}.{random.Next(10, 100)}"
            ),
            "float" => string.Create(CultureInfo.InvariantCulture, $"{random.NextDouble():R}"),
            "boolean" => random.Next(2) == 0 ? "true" : "false",
            "date" => Moment(random).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "timestamp" => Moment(random).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            "word" => Words[random.Next(Words.Length)],
            _ => $"customer-{random.Next(1 << 24):x6}@example.com"[..random.Next(8, 27)],
        };

    private static DateTime Moment(Random random) => new DateTime(2024, 1, 1).AddSeconds(random.Next(60_000_000));
}
