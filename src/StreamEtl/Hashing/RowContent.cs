using System.Buffers.Binary;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Hashing;

/// <summary>The values of a row as bytes: equal exactly when the rows are equal. Each value is one byte (0 for NULL), and its length and bytes otherwise.</summary>
internal static class RowContent
{
    /// <summary>True when hashes alone do not decide.</summary>
    public static bool IsNeeded(bool exact) => exact || HashWidth.Bits < HashWidth.Trusted;

    /// <summary>Appends the content of a row to <paramref name="buffer"/>, which grows; returns the new length.</summary>
    public static int Append(IReadOnlyList<Column> columns, int row, ref byte[] buffer, int length)
    {
        Span<byte> fixedWidth = stackalloc byte[16];
        foreach (Column column in columns)
        {
            scoped ReadOnlySpan<byte> value;
            if (column.IsNull(row) || column.Type.Kind == ColumnKind.Null)
            {
                Ensure(ref buffer, length, 1);
                buffer[length++] = 0;
                continue;
            }
            if (column.Views is not null)
            {
                value = column.Text(row);
            }
            else
            {
                Int128 number = column.Wide is { } wide ? wide[row] : Canonical(column, row);
                BinaryPrimitives.WriteInt128LittleEndian(fixedWidth, number);
                value = fixedWidth;
            }
            Ensure(ref buffer, length, value.Length + 5);
            buffer[length] = 1;
            BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(length + 1), value.Length);
            value.CopyTo(buffer.AsSpan(length + 5));
            length += value.Length + 5;
        }
        return length;
    }

    private static long Canonical(Column column, int row)
    {
        long value = column.Longs![row];
        if (column.Type.Kind != ColumnKind.Float)
        {
            return value;
        }
        double number = BitConverter.Int64BitsToDouble(value);
        return number == 0 ? 0
            : double.IsNaN(number) ? BitConverter.DoubleToInt64Bits(double.NaN)
            : value;
    }

    private static void Ensure(ref byte[] buffer, int length, int more)
    {
        if (length + more > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(length + more, buffer.Length * 2));
        }
    }
}
