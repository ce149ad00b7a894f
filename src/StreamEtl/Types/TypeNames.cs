using System.Globalization;
using StreamEtl.Errors;

namespace StreamEtl.Types;

/// <summary>Names of types in schema files: the report's names, and what people call the same things elsewhere.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<string, ColumnType> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["boolean"] = ColumnType.Boolean,
        ["bool"] = ColumnType.Boolean,
        ["integer"] = ColumnType.Integer,
        ["int"] = ColumnType.Integer,
        ["int64"] = ColumnType.Integer,
        ["bigint"] = ColumnType.Integer,
        ["float"] = ColumnType.Float,
        ["double"] = ColumnType.Float,
        ["date"] = ColumnType.Date,
        ["time"] = ColumnType.Time,
        ["timestamp"] = ColumnType.Timestamp,
        ["datetime"] = ColumnType.Timestamp,
        ["timestamp(9)"] = new ColumnType(ColumnKind.Timestamp, 0, 9),
        ["instant"] = ColumnType.Instant,
        ["timestamptz"] = ColumnType.Instant,
        ["instant(9)"] = new ColumnType(ColumnKind.Instant, 0, 9),
        ["text"] = ColumnType.Text,
        ["string"] = ColumnType.Text,
        ["varchar"] = ColumnType.Text,
        ["binary"] = ColumnType.Binary,
    };

    /// <summary>The type of a name, or null. <c>decimal(p,s)</c> is kept in 64 bits up to 18 digits and in 128 bits up to 38.</summary>
    public static ColumnType? Find(string name)
    {
        string compact = name.Replace(" ", "", StringComparison.Ordinal);
        if (Known.TryGetValue(compact, out ColumnType type))
        {
            return type;
        }
        if (!compact.StartsWith("decimal(", StringComparison.OrdinalIgnoreCase) || !compact.EndsWith(')'))
        {
            return null;
        }
        string[] parts = compact["decimal(".Length..^1].Split(',');
        bool read =
            int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int precision)
            & int.TryParse(parts.Length == 2 ? parts[1] : "0", NumberStyles.None, CultureInfo.InvariantCulture, out int scale);
        return read && parts.Length <= 2 && precision is >= 1 and <= ColumnType.MaxPrecision && scale <= precision
            ? ColumnType.Decimal(precision, scale)
            : null;
    }

    /// <summary>What to write instead of an unknown name.</summary>
    public static string Hint(string name) =>
        NearestName.Find(name, Known.Keys) is { } nearest
            ? $"did you mean '{nearest}'?"
            : "types are boolean, integer, decimal(p,s), float, date, time, timestamp, instant, text, binary";
}
