using System.Buffers.Text;
using System.Globalization;
using StreamEtl.Batches;

namespace StreamEtl.Types;

/// <summary>Canonical UTF-8 text of values, as delimited and JSON outputs show them.</summary>
public static class ValueText
{
    /// <summary>No fixed-width value needs more bytes: a 39-digit decimal with sign and point fits.</summary>
    public const int MaxFixedLength = 48;

    /// <summary>Writes the value of a row that is not NULL; <paramref name="destination"/> holds at least <see cref="MaxLength"/> bytes. Returns the bytes written.</summary>
    public static int Format(Column column, int row, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(column);
        ColumnType type = column.Type;
        if (type.IsVariable)
        {
            ReadOnlySpan<byte> text = column.Text(row);
            text.CopyTo(destination);
            return text.Length;
        }
        if (type.IsWide)
        {
            return FormatDecimal(column.Wide![row], type.Scale, destination);
        }
        long value = column.Longs![row];
        switch (type.Kind)
        {
            case ColumnKind.Boolean:
                ReadOnlySpan<byte> word = value != 0 ? "true"u8 : "false"u8;
                word.CopyTo(destination);
                return word.Length;
            case ColumnKind.Integer:
                Utf8Formatter.TryFormat(value, destination, out int written);
                return written;
            case ColumnKind.Decimal:
                return FormatDecimal(value, type.Scale, destination);
            case ColumnKind.Float:
                BitConverter.Int64BitsToDouble(value).TryFormat(destination, out written, "R", CultureInfo.InvariantCulture);
                return written;
            case ColumnKind.Date:
                return FormatDate((int)value, destination);
            case ColumnKind.Time:
                return FormatTime(value * 1000, destination);
            default:
                return FormatTimestamp(value, type, destination);
        }
    }

    /// <summary>Bytes that <see cref="Format"/> may need for a row.</summary>
    public static int MaxLength(Column column, int row)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column.Type.IsVariable ? column.Views![row].Length : MaxFixedLength;
    }

    private static int FormatDecimal(Int128 value, int scale, Span<byte> destination)
    {
        if (scale == 0)
        {
            value.TryFormat(destination, out int plain, default, CultureInfo.InvariantCulture);
            return plain;
        }
        int position = 0;
        if (value < 0)
        {
            destination[position++] = (byte)'-';
        }
        UInt128 magnitude = value < 0 ? (UInt128)(-value) : (UInt128)value;
        Span<byte> digits = stackalloc byte[MaxFixedLength];
        magnitude.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        int whole = count - scale;
        if (whole <= 0)
        {
            destination[position++] = (byte)'0';
        }
        else
        {
            digits[..whole].CopyTo(destination[position..]);
            position += whole;
        }
        destination[position++] = (byte)'.';
        for (int i = whole; i < 0; i++)
        {
            destination[position++] = (byte)'0';
        }
        ReadOnlySpan<byte> fraction = digits[Math.Max(whole, 0)..count];
        fraction.CopyTo(destination[position..]);
        return position + fraction.Length;
    }

    private static int FormatDate(int days, Span<byte> destination)
    {
        (int year, int month, int day) = Calendar.FromDays(days);
        if ((uint)year > 9999)
        {
            // Parquet may hold dates that no calendar text of four digits can: ISO 8601 allows a sign and more digits.
            string text = string.Create(CultureInfo.InvariantCulture, $"{(year < 0 ? "-" : "+")}{Math.Abs(year):D5}-{month:D2}-{day:D2}");
            return System.Text.Encoding.ASCII.GetBytes(text, destination);
        }
        Two(destination, 0, year / 100);
        Two(destination, 2, year % 100);
        destination[4] = (byte)'-';
        Two(destination, 5, month);
        destination[7] = (byte)'-';
        Two(destination, 8, day);
        return 10;
    }

    private static int FormatTime(long nanos, Span<byte> destination)
    {
        long seconds = nanos / 1_000_000_000;
        Two(destination, 0, (int)(seconds / 3600));
        destination[2] = (byte)':';
        Two(destination, 3, (int)(seconds / 60 % 60));
        destination[5] = (byte)':';
        Two(destination, 6, (int)(seconds % 60));
        long fraction = nanos % 1_000_000_000;
        if (fraction == 0)
        {
            return 8;
        }
        int digits = fraction % 1000 == 0 ? 6 : 9;
        fraction /= NumberText.PowersOfTen[9 - digits];
        destination[8] = (byte)'.';
        for (int i = digits; i > 0; i--)
        {
            destination[8 + i] = (byte)('0' + (fraction % 10));
            fraction /= 10;
        }
        return 9 + digits;
    }

    private static int FormatTimestamp(long value, ColumnType type, Span<byte> destination)
    {
        long perDay = Calendar.MicrosPerDay * NumberText.PowersOfTen[type.Scale - 6];
        long days = Math.DivRem(value, perDay, out long inDay);
        if (inDay < 0)
        {
            inDay += perDay;
            days--;
        }
        int length = FormatDate((int)days, destination);
        destination[length++] = (byte)' ';
        length += FormatTime(inDay * NumberText.PowersOfTen[9 - type.Scale], destination[length..]);
        if (type.Kind == ColumnKind.Instant)
        {
            destination[length++] = (byte)'Z';
        }
        return length;
    }

    private static void Two(Span<byte> destination, int at, int value)
    {
        destination[at] = (byte)('0' + (value / 10));
        destination[at + 1] = (byte)('0' + (value % 10));
    }
}
