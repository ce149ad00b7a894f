using System.Globalization;
using System.Text.Json;
using StreamEtl.Types;

namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>
/// Values as the model sees them (a comparable object, null for NULL), the many ways in which a file may spell each, and the way back from JSON. Pools are small, so
/// that equal values meet.
/// </summary>
internal static class ModelValues
{
    private static readonly Dictionary<ModelKind, string[][]> Spellings = new()
    {
        [ModelKind.Integer] =
        [
            ["0"],
            ["1"],
            ["2"],
            ["-7"],
            ["123456789012345678"],
        ],
        [ModelKind.Decimal] =
        [
            ["1.5", "1.50", "1.500"],
            ["2", "2.0", "2.00"],
            ["-0.25", "-.25"],
            ["0", "0.0"],
            ["99999.99"],
        ],
        [ModelKind.WideDecimal] =
        [
            ["12345678901234567890.5", "12345678901234567890.50"],
            ["12345678901234567890.6"],
            ["-3.000000000000000001"],
            ["4", "4.0"],
        ],
        [ModelKind.Float] =
        [
            ["1e3", "1000", "1.0E+3"],
            ["2.5", "25e-1"],
            ["-0.5"],
            ["0e0", "0", "-0.0", "-0e5"],
            ["6.02e23"],
        ],
        [ModelKind.Boolean] =
        [
            ["true", "TRUE", "True"],
            ["false", "False"],
        ],
        [ModelKind.Date] =
        [
            ["2024-02-29"],
            ["2024-03-01"],
            ["1969-12-31"],
            ["0001-01-01"],
        ],
        [ModelKind.Timestamp] =
        [
            ["2024-01-31 12:00", "2024-01-31T12:00:00", "2024-01-31 12:00:00.000"],
            ["2024-01-31 12:00:00.000001"],
            ["1969-12-31T23:59:59.5", "1969-12-31 23:59:59.500"],
        ],
        [ModelKind.Instant] =
        [
            ["2024-01-31T12:00:00Z", "2024-01-31 09:00:00-03:00", "2024-01-31T13:30:00.0+0130"],
            ["2024-01-31T12:00:01Z"],
            ["1970-01-01T00:00:00Z", "1969-12-31T21:00-03"],
        ],
        [ModelKind.Text] =
        [
            ["a"],
            ["A"],
            ["a "],
            ["ä"],
            ["x,y"],
            ["say \"no\""],
            ["two\nlines"],
            ["007"],
            ["\U0001F600"],
            ["NULL"],
        ],
    };

    /// <summary>A type that holds every value of the kind.</summary>
    public static ColumnType TypeOf(ModelKind kind) =>
        kind switch
        {
            ModelKind.Integer => ColumnType.Integer,
            ModelKind.Decimal => ColumnType.Decimal(18, 3),
            ModelKind.WideDecimal => ColumnType.Decimal(38, 18),
            ModelKind.Float => ColumnType.Float,
            ModelKind.Boolean => ColumnType.Boolean,
            ModelKind.Date => ColumnType.Date,
            ModelKind.Timestamp => ColumnType.Timestamp,
            ModelKind.Instant => ColumnType.Instant,
            _ => ColumnType.Text,
        };

    /// <summary>One of the pool's values, spelt in one of its ways.</summary>
    public static string Draw(ModelKind kind, Random random)
    {
        string[] spellings = Spellings[kind][random.Next(Spellings[kind].Length)];
        return spellings[random.Next(spellings.Length)];
    }

    /// <summary>What a spelling means.</summary>
    public static IComparable Parse(ModelKind kind, string text) =>
        kind switch
        {
            ModelKind.Integer or ModelKind.Decimal or ModelKind.WideDecimal => decimal.Parse(
                text,
                NumberStyles.Float,
                CultureInfo.InvariantCulture
            ),
            // Adding zero makes -0 and 0 one value, as the engine compares them.
            ModelKind.Float => double.Parse(text, CultureInfo.InvariantCulture) + 0.0,
            ModelKind.Boolean => bool.Parse(text),
            ModelKind.Date or ModelKind.Timestamp => DateTime.Parse(text, CultureInfo.InvariantCulture),
            ModelKind.Instant => DateTimeOffset
                .Parse(FullZone(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                .UtcDateTime,
            _ => text,
        };

    /// <summary>What a JSON value means.</summary>
    public static IComparable? Parse(ModelKind kind, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => Parse(kind, value.GetString()!),
            _ => Parse(kind, value.GetRawText()),
        };

    /// <summary>The framework wants minutes behind the hours of a zone.</summary>
    private static string FullZone(string text) => text[^3] is '-' or '+' ? text + ":00" : text;

    /// <summary>Order of two values; NULL comes before every value, texts are ordered by their UTF-8 bytes.</summary>
    public static int Compare(IComparable? a, IComparable? b) =>
        a is null || b is null ? (a is null ? 0 : 1) - (b is null ? 0 : 1)
        : a is string text
            ? System.Text.Encoding.UTF8.GetBytes(text).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes((string)b))
        : a.CompareTo(b);
}
