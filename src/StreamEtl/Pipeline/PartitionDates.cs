using System.Buffers.Text;
using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>Days written <c>YYYYMMDD</c>: as text in tables, as numbers of the same order where they are compared.</summary>
internal static class PartitionDates
{
    private const int Digits = 8;

    /// <summary>A day as a number: 20260131.</summary>
    public static long Number(DateOnly day) => (day.Year * 10_000L) + (day.Month * 100) + day.Day;

    /// <summary>Reads a day as the command line has it; null when it is none.</summary>
    public static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : null;

    /// <summary>
    /// The days of a column of whole numbers, texts (<c>YYYYMMDD</c> or <c>YYYY-MM-DD</c>) or dates as numbers. Where it is NULL, or there is no column, the day is
    /// <paramref name="absent"/>, and NULL without that.
    /// </summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.InvalidValue"/>: a value is no day.</exception>
    public static Column Numbers(Column? days, DateOnly? absent, RowBatch batch)
    {
        if (days is null or { Type.Kind: ColumnKind.Null })
        {
            days = Column.AllNull(ColumnType.Integer, batch.RowCount, batch.Lease);
        }
        long[] numbers = batch.Lease.Rent<long>(batch.RowCount);
        long other = absent is { } day ? Number(day) : 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            numbers[row] = days.IsNull(row) ? other : Number(days, row, batch);
        }
        return new Column
        {
            Type = ColumnType.Integer,
            Count = batch.RowCount,
            NullCount = absent is null ? days.NullCount : 0,
            Nulls = absent is null ? days.Nulls : null,
            Longs = numbers,
        };
    }

    /// <summary>Numbers as a column of texts; none is NULL.</summary>
    public static Column Texts(Column numbers, BufferLease lease)
    {
        byte[] bytes = lease.Rent<byte>(numbers.Count * Digits);
        TextView[] views = lease.Rent<TextView>(numbers.Count);
        for (int row = 0; row < numbers.Count; row++)
        {
            _ = Utf8Formatter.TryFormat(numbers.Longs![row], bytes.AsSpan(row * Digits, Digits), out _, new('D', Digits));
            views[row] = new TextView(row * Digits, Digits);
        }
        return new Column
        {
            Type = ColumnType.Text,
            Count = numbers.Count,
            Views = views,
            Bytes = bytes,
        };
    }

    private static long Number(Column days, int row, RowBatch batch)
    {
        Span<char> text = stackalloc char[12];
        int length = 0;
        switch (days.Type.Kind)
        {
            case ColumnKind.Integer:
                _ = days.Longs![row].TryFormat(text, out length, provider: CultureInfo.InvariantCulture);
                break;
            case ColumnKind.Date:
                _ = ValueOf(days.Longs![row])?.TryFormat(text, out length, "yyyyMMdd", CultureInfo.InvariantCulture);
                break;
            case ColumnKind.Text when days.Views![row].Length <= text.Length:
                length = System.Text.Encoding.Latin1.GetChars(days.Text(row), text);
                break;
            default:
                break;
        }
        foreach (string format in (ReadOnlySpan<string>)["yyyyMMdd", "yyyy-MM-dd"])
        {
            if (DateOnly.TryParseExact(text[..length], format, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            {
                return Number(day);
            }
        }
        throw new StreamEtlException(
            ErrorKind.InvalidValue,
            string.Create(
                CultureInfo.InvariantCulture,
                $"row {batch.Ordinal(row) + 1} of the input: {ArrivalColumns.PartitionDate} '{text[..length]}' is no day"
            ),
            hint: "write it as YYYYMMDD, or leave the column out and say --partition-date"
        );
    }

    /// <summary>Days since 1970 as a day, where there is such a one.</summary>
    private static DateOnly? ValueOf(long days)
    {
        long number = days + new DateOnly(1970, 1, 1).DayNumber;
        return number >= 0 && number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)number) : null;
    }
}
