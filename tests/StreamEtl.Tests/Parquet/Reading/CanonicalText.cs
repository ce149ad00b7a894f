using System.Globalization;
using System.Text;
using StreamEtl.Batches;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Parquet.Reading;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Cells in the form that the corpus takes hashes of; its rules stand in <c>index.json</c>.</summary>
internal static class CanonicalText
{
    public static string Of(Column column, int row, SchemaNode leaf, string? oracleType)
    {
        if (column.IsNull(row))
        {
            return "N";
        }
        ColumnType type = column.Type;
        switch (type.Kind)
        {
            case ColumnKind.Boolean:
                return column.Longs![row] != 0 ? "b1" : "b0";
            case ColumnKind.Integer:
                return Text($"i{column.Longs![row]}");
            case ColumnKind.Float:
                double value = BitConverter.Int64BitsToDouble(column.Longs![row]);
                return double.IsNaN(value) ? "d7ff8000000000000" : Text($"d{column.Longs[row]:x16}");
            case ColumnKind.Date:
                return Text($"D{column.Longs![row]}");
            case ColumnKind.Time:
                bool isUtc = leaf.Element is { Logical: LogicalKind.Time, IsAdjustedToUtc: true };
                return Text($"t{column.Longs![row] * 1000}{(isUtc ? "z0" : "")}");
            case ColumnKind.Timestamp or ColumnKind.Instant:
                return Text($"T{(Int128)column.Longs![row] * (type.Scale == 9 ? 1 : 1000)}");
            case ColumnKind.Decimal:
                Int128 unscaled = column.Wide is { } wide ? wide[row] : column.Longs![row];
                return leaf.Leaf!.Conversion == ValueConversion.UnsignedToWide ? Text($"i{unscaled}") : Text($"m{unscaled}e-{type.Scale}");
            case ColumnKind.Text:
                string text = System.Text.Encoding.UTF8.GetString(column.Text(row));
                return leaf.Leaf!.Conversion switch
                {
                    ValueConversion.Uuid => "u" + text,
                    ValueConversion.Interval => Interval(text),
                    _ => Text($"s{column.Text(row).Length}:{text}"),
                };
            default:
                return oracleType?.StartsWith("GEOMETRY", StringComparison.Ordinal) == true
                    ? "?" + Escaped(column.Text(row))
                    : "x" + Convert.ToHexStringLower(column.Text(row));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Interval(string text)
    {
        int m = text.IndexOf('M', StringComparison.Ordinal);
        int d = text.IndexOf('D', StringComparison.Ordinal);
        decimal seconds = decimal.Parse(text[(d + 2)..^1], CultureInfo.InvariantCulture);
        return Text($"I{text[1..m]},{text[(m + 1)..d]},{(long)(seconds * 1_000_000)}");
    }

    private static string Escaped(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte b in bytes)
        {
            if (b is < 32 or > 126 or (byte)'\'' or (byte)'"')
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
            }
            else
            {
                text.Append((char)b);
            }
        }
        return text.ToString();
    }
}
