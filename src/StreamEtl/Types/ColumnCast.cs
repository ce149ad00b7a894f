using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;

namespace StreamEtl.Types;

/// <summary>Typed columns to a wider type, as <see cref="ColumnTypes.Join"/> decides it.</summary>
public static class ColumnCast
{
    /// <summary>The column under <paramref name="target"/>; the column itself when it has that type. A joined type holds all values but far timestamps in nanoseconds: an <see cref="ErrorKind.InvalidValue"/> error.</summary>
    public static Column Cast(Column column, ColumnType target, BufferLease lease)
    {
        ArgumentNullException.ThrowIfNull(column);
        ArgumentNullException.ThrowIfNull(lease);
        if (column.Type == target)
        {
            return column;
        }
        if (column.Type.Kind == ColumnKind.Null)
        {
            return Column.AllNull(target, column.Count, lease);
        }
        try
        {
            return target.Kind switch
            {
                ColumnKind.Decimal => ToDecimal(column, target, lease),
                ColumnKind.Float => ToFloat(column, target, lease),
                ColumnKind.Timestamp or ColumnKind.Instant => Scale(column, target, target.Scale - column.Type.Scale, lease),
                ColumnKind.Text => ToText(column, target, lease),
                _ => throw new StreamEtlException(ErrorKind.Internal, $"{column.Type} is not cast to {target}"),
            };
        }
        catch (OverflowException e)
        {
            // Nanoseconds reach from 1677 to 2262 only; and a damaged file may hold numbers with more digits than it declares.
            throw new StreamEtlException(
                ErrorKind.InvalidValue,
                $"a {column.Type} value does not fit in {target}, which the other values need",
                hint: "--types text compares and copies values as they are written; --schema FILE declares another type",
                innerException: e
            );
        }
    }

    private static Column ToDecimal(Column column, ColumnType target, BufferLease lease)
    {
        int shift = target.Scale - column.Type.Scale;
        if (!target.IsWide && column.Longs is not null)
        {
            return Scale(column, target, shift, lease);
        }
        Int128[] wide = lease.Rent<Int128>(column.Count);
        Int128 factor = TextConverter.WidePower(shift);
        for (int i = 0; i < column.Count; i++)
        {
            wide[i] = checked((column.Wide is { } source ? source[i] : column.Longs![i]) * factor);
        }
        return With(column, target, wide: wide);
    }

    private static Column Scale(Column column, ColumnType target, int shift, BufferLease lease)
    {
        long factor = NumberText.PowersOfTen[shift];
        long[] longs = lease.Rent<long>(column.Count);
        for (int i = 0; i < column.Count; i++)
        {
            longs[i] = checked(column.Longs![i] * factor);
        }
        return With(column, target, longs: longs);
    }

    private static Column ToFloat(Column column, ColumnType target, BufferLease lease)
    {
        long[] longs = lease.Rent<long>(column.Count);
        Span<byte> text = stackalloc byte[ValueText.MaxFixedLength];
        for (int i = 0; i < column.Count; i++)
        {
            // Through text, because dividing by a power of ten would round twice.
            int length = ValueText.Format(column, i, text);
            longs[i] = BitConverter.DoubleToInt64Bits(double.Parse(text[..length], System.Globalization.CultureInfo.InvariantCulture));
        }
        return With(column, target, longs: longs);
    }

    private static Column ToText(Column column, ColumnType target, BufferLease lease)
    {
        TextView[] views = lease.Rent<TextView>(column.Count);
        byte[] bytes = lease.Rent<byte>(Math.Max(64, column.Count * 16));
        int used = 0;
        for (int i = 0; i < column.Count; i++)
        {
            if (column.IsNull(i))
            {
                views[i] = default;
                continue;
            }
            int most = ValueText.MaxLength(column, i);
            if (used + most > bytes.Length)
            {
                lease.Grow(ref bytes, used, used + most);
            }
            int length = ValueText.Format(column, i, bytes.AsSpan(used));
            views[i] = new TextView(used, length);
            used += length;
        }
        return new Column
        {
            Type = target,
            Count = column.Count,
            NullCount = column.NullCount,
            Nulls = column.Nulls,
            Views = views,
            Bytes = bytes,
        };
    }

    private static Column With(Column column, ColumnType target, long[]? longs = null, Int128[]? wide = null) =>
        new()
        {
            Type = target,
            Count = column.Count,
            NullCount = column.NullCount,
            Nulls = column.Nulls,
            Longs = longs,
            Wide = wide,
        };
}
