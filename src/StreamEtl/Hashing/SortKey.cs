using System.Buffers.Binary;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Hashing;

/// <summary>Values in a form whose byte order is the order of the values, so that "newer" and "wins" are one comparison. NULL comes before every value.</summary>
internal static class SortKey
{
    /// <summary>True when <see cref="Fixed"/> can hold the column's values.</summary>
    public static bool IsFixed(ColumnType type) => !type.IsVariable && !type.IsWide;

    /// <summary>A fixed-width value as a number of the same order: 0 is NULL. With <paramref name="inverted"/> small values come last, NULL still first.</summary>
    public static ulong Fixed(Column column, int row, bool inverted)
    {
        if (column.Longs is null || column.IsNull(row))
        {
            return 0;
        }
        long bits = column.Longs[row];
        if (column.Type.Kind == ColumnKind.Float)
        {
            bits = FloatOrder(bits);
        }
        ulong key = (ulong)bits ^ (1UL << 63);
        // Zero is taken by NULL: the two smallest of 2^64 values share a rank, which no calendar or count reaches.
        return Math.Max(inverted ? ~key : key, 1);
    }

    /// <summary>A whole number as <see cref="Fixed"/> has it in a column.</summary>
    public static ulong Of(long number) => Math.Max((ulong)number ^ (1UL << 63), 1);

    /// <summary>The bits of a double as a number of the same order: -0 equals 0, and every NaN is one value above all others.</summary>
    private static long FloatOrder(long bits)
    {
        double number = BitConverter.Int64BitsToDouble(bits);
        return number == 0 ? 0
            : double.IsNaN(number) ? long.MaxValue
            // Negative doubles order backwards by their bits.
            : bits < 0 ? bits ^ long.MaxValue
            : bits;
    }

    /// <summary>Appends a value of any type to a key that compares byte by byte; returns the new length.</summary>
    public static int Append(Column column, int row, bool inverted, ref byte[] buffer, int length)
    {
        int most = 20 + (column.Views is null ? 0 : column.Views[row].Length * 2);
        if (length + most > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(length + most, buffer.Length * 2));
        }
        if (column.Type.Kind == ColumnKind.Null || column.IsNull(row))
        {
            buffer[length++] = 0;
            return length;
        }
        buffer[length++] = 1;
        int start = length;
        if (column.Views is not null)
        {
            // 00 ends a text and 00 FF is a 00 inside it, so that "a" comes before "ab" and neither reaches into the next value.
            foreach (byte b in column.Text(row))
            {
                buffer[length++] = b;
                if (b == 0)
                {
                    buffer[length++] = 0xFF;
                }
            }
            buffer[length++] = 0;
            buffer[length++] = 0;
        }
        else if (column.Wide is { } wide)
        {
            BinaryPrimitives.WriteInt128BigEndian(buffer.AsSpan(length), wide[row] ^ Int128.MinValue);
            length += 16;
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(buffer.AsSpan(length), Fixed(column, row, inverted: false));
            length += 8;
        }
        if (inverted)
        {
            for (int i = start; i < length; i++)
            {
                buffer[i] = (byte)~buffer[i];
            }
        }
        return length;
    }
}
