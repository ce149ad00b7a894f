using System.Buffers.Binary;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Decodes the binary form of VARIANT (VariantEncoding.md of apache/parquet-format): a dictionary of field names, and a value that describes itself. Offsets are
/// checked, and no more values are made than the bytes could hold one by one, because offsets may point to the same bytes again and again.
/// </summary>
internal sealed class VariantDecoder
{
    private const int MaxDepth = 64;
    private readonly string[] _names;
    private int _left;

    /// <summary>Reads the dictionary of names.</summary>
    public VariantDecoder(ReadOnlySpan<byte> metadata)
    {
        int header = At(metadata, 0);
        if ((header & 0x0F) != 1)
        {
            throw ParquetFault.Unsupported($"a variant of version {header & 0x0F}");
        }
        int size = (header >> 6) + 1;
        int count = Number(metadata, 1, size);
        long offsets = 1L + size;
        long bytes = offsets + ((count + 1L) * size);
        if (bytes > metadata.Length)
        {
            throw Damaged();
        }
        _names = new string[count];
        for (int i = 0; i < count; i++)
        {
            int from = Number(metadata, (int)offsets + (i * size), size);
            int to = Number(metadata, (int)offsets + ((i + 1) * size), size);
            _names[i] = System.Text.Encoding.UTF8.GetString(Part(metadata, bytes + from, (long)to - from));
        }
    }

    /// <summary>Decodes a value.</summary>
    public VariantValue Decode(ReadOnlySpan<byte> value)
    {
        _left = value.Length;
        return Decode(value, 0);
    }

    private VariantValue Decode(ReadOnlySpan<byte> value, int depth)
    {
        if (--_left < 0 || depth > MaxDepth)
        {
            throw Damaged();
        }
        int head = At(value, 0);
        int detail = head >> 2;
        return (head & 3) switch
        {
            0 => Primitive(detail, value[1..]),
            1 => Bytes(ColumnType.Text, Part(value, 1, detail)),
            2 => Object(detail, value, depth),
            _ => Array(detail, value, depth),
        };
    }

    private VariantValue Object(int detail, ReadOnlySpan<byte> value, int depth)
    {
        int offsetSize = (detail & 3) + 1;
        int idSize = ((detail >> 2) & 3) + 1;
        int countSize = (detail & 16) != 0 ? 4 : 1;
        int count = Number(value, 1, countSize);
        long ids = 1L + countSize;
        long offsets = ids + ((long)count * idSize);
        long data = offsets + ((count + 1L) * offsetSize);
        if (data > value.Length)
        {
            throw Damaged();
        }
        var fields = new SortedDictionary<string, VariantValue>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            int id = Number(value, (int)ids + (i * idSize), idSize);
            int offset = Number(value, (int)offsets + (i * offsetSize), offsetSize);
            string name = id < _names.Length ? _names[id] : throw Damaged();
            fields[name] = Decode(From(value, data + offset), depth + 1);
        }
        return new VariantValue { Fields = fields };
    }

    private VariantValue Array(int detail, ReadOnlySpan<byte> value, int depth)
    {
        int offsetSize = (detail & 3) + 1;
        int countSize = (detail & 4) != 0 ? 4 : 1;
        int count = Number(value, 1, countSize);
        long offsets = 1L + countSize;
        long data = offsets + ((count + 1L) * offsetSize);
        if (data > value.Length)
        {
            throw Damaged();
        }
        var items = new List<VariantValue>();
        for (int i = 0; i < count; i++)
        {
            int offset = Number(value, (int)offsets + (i * offsetSize), offsetSize);
            items.Add(Decode(From(value, data + offset), depth + 1));
        }
        return new VariantValue { Items = items };
    }

    private static VariantValue Primitive(int type, ReadOnlySpan<byte> bytes) =>
        type switch
        {
            0 => VariantValue.Null,
            1 => Long(ColumnType.Boolean, 1),
            2 => Long(ColumnType.Boolean, 0),
            3 => Long(ColumnType.Integer, (sbyte)At(bytes, 0)),
            4 => Long(ColumnType.Integer, BinaryPrimitives.ReadInt16LittleEndian(Part(bytes, 0, 2))),
            5 => Long(ColumnType.Integer, Int32(bytes, 0)),
            6 => Long(ColumnType.Integer, Int64(bytes, 0)),
            7 => Long(ColumnType.Float, Int64(bytes, 0)),
            8 => Long(Decimal(9, At(bytes, 0)), Int32(bytes, 1)),
            9 => Wide(At(bytes, 0), Int64(bytes, 1)),
            10 => Wide(At(bytes, 0), BinaryPrimitives.ReadInt128LittleEndian(Part(bytes, 1, 16))),
            11 => Long(ColumnType.Date, Int32(bytes, 0)),
            12 => Long(ColumnType.Instant, Int64(bytes, 0)),
            13 => Long(ColumnType.Timestamp, Int64(bytes, 0)),
            14 => Long(ColumnType.Float, BitConverter.DoubleToInt64Bits(BinaryPrimitives.ReadSingleLittleEndian(Part(bytes, 0, 4)))),
            15 => Bytes(ColumnType.Binary, Part(bytes, 4, Number(bytes, 0, 4))),
            16 => Bytes(ColumnType.Text, Part(bytes, 4, Number(bytes, 0, 4))),
            17 => Time(Int64(bytes, 0)),
            18 => Long(ColumnType.Instant with { Scale = 9 }, Int64(bytes, 0)),
            19 => Long(ColumnType.Timestamp with { Scale = 9 }, Int64(bytes, 0)),
            20 => Bytes(ColumnType.Text, System.Text.Encoding.ASCII.GetBytes(new Guid(Part(bytes, 0, 16), bigEndian: true).ToString())),
            _ => throw ParquetFault.Unsupported($"a variant value of type {type}"),
        };

    private static VariantValue Long(ColumnType type, long value) =>
        new()
        {
            Values = new Column
            {
                Type = type,
                Count = 1,
                Longs = [value],
            },
        };

    private static VariantValue Time(long micros) =>
        micros is >= 0 and <= ValueConverter.MicrosPerDay ? Long(ColumnType.Time, micros) : throw Damaged();

    private static VariantValue Wide(int scale, Int128 value) =>
        new()
        {
            Values = new Column
            {
                Type = Decimal(ColumnType.MaxPrecision, scale),
                Count = 1,
                Wide = [value],
            },
        };

    private static ColumnType Decimal(int precision, int scale) =>
        scale <= ColumnType.MaxPrecision ? ColumnType.Decimal(Math.Max(precision, scale), scale) : throw Damaged();

    private static VariantValue Bytes(ColumnType type, ReadOnlySpan<byte> bytes)
    {
        if (type == ColumnType.Text && !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            throw new ParquetFault(Errors.ErrorKind.InvalidEncoding, "a text value is not valid UTF-8");
        }
        return new VariantValue
        {
            Values = new Column
            {
                Type = type,
                Count = 1,
                Views = [new TextView(0, bytes.Length)],
                Bytes = bytes.ToArray(),
            },
        };
    }

    private static int Int32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(Part(bytes, at, sizeof(int)));

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(Part(bytes, at, sizeof(long)));

    private static byte At(ReadOnlySpan<byte> bytes, int at) => at < bytes.Length ? bytes[at] : throw Damaged();

    /// <summary>An unsigned number of 1 to 4 bytes.</summary>
    private static int Number(ReadOnlySpan<byte> bytes, int at, int size)
    {
        uint number = 0;
        ReadOnlySpan<byte> part = Part(bytes, at, size);
        for (int i = 0; i < size; i++)
        {
            number |= (uint)part[i] << (8 * i);
        }
        return number <= int.MaxValue ? (int)number : throw Damaged();
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, long start, long length) =>
        start >= 0 && length >= 0 && start <= bytes.Length && length <= bytes.Length - start
            ? bytes.Slice((int)start, (int)length)
            : throw Damaged();

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> bytes, long start) => Part(bytes, start, Math.Max(0, bytes.Length - start));

    private static ParquetFault Damaged() => ParquetFault.Damaged("a variant value is damaged");
}
