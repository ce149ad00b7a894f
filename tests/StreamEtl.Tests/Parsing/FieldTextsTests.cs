using System.Globalization;
using System.Text;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parsing;

/// <summary>Values read where they stand in the file, in all the ways that a file may write them: plain, in quotes, absent, as a text for NULL, and wrong.</summary>
public sealed class FieldTextsTests
{
    private static readonly string[] TypeNamesOfColumns = ["integer", "decimal(18,2)", "date", "timestamp", "float", "boolean"];

    /// <summary>Texts for NULL that no number could be; one that is a number, which must be looked for before numbers are read; and none.</summary>
    [Theory]
    [InlineData("NA", '"')]
    [InlineData("-7", '"')]
    [InlineData("", '"')]
    [InlineData("NA", '\'')]
    [InlineData("NA", '-')]
    public async Task Read_EveryWayOfWriting_GivesTheValueNullOrReject(string nullText, char quote)
    {
        var random = new Random(20261122);
        var text = new StringBuilder("a,b,c,d,e,f\n");
        var expected = new List<string>();
        var refused = new List<(string Column, string Text)>();
        for (int row = 0; row < 3000; row++)
        {
            var fields = new List<string>();
            var values = new List<string>();
            (string Column, string Text)? bad = null;
            for (int c = 0; c < TypeNamesOfColumns.Length; c++)
            {
                (string plain, string value) = Sample(TypeNamesOfColumns[c], random);
                (string field, string? read, string? wrong) = Write(plain, value, nullText, quote, random);
                fields.Add(field);
                values.Add(read ?? "~");
                bad ??= wrong is null ? null : ($"{(char)('a' + c)}", wrong);
            }
            text.AppendJoin(',', fields).Append('\n');
            if (bad is { } b)
            {
                refused.Add(b);
            }
            else
            {
                expected.Add(string.Join('|', values));
            }
        }
        Assert.True(expected.Count > 200 && refused.Count > 200, $"{expected.Count} rows, {refused.Count} rejects");
        var options = new CsvReadOptions
        {
            Encoding = "utf-8",
            NullTexts = nullText.Length == 0 ? [] : [System.Text.Encoding.UTF8.GetBytes(nullText)],
            Dialect = new CsvDialectOptions
            {
                Delimiter = (byte)',',
                Quote = (byte)quote,
                HasHeader = true,
                SkipLines = 0,
            },
        };
        foreach (int block in (int[])[300, 5_000, 1 << 20])
        {
            CsvPass pass = await CsvPass.RunAsync(System.Text.Encoding.UTF8.GetBytes(text.ToString()), options, block, Plan);
            Assert.Null(pass.Error);
            Assert.Equal(expected, pass.Values);
            Assert.Equal(refused.Count, pass.Rejects.Count);
            foreach ((RejectedRecord reject, (string column, string wrong)) in pass.Rejects.Zip(refused))
            {
                Assert.Equal(ErrorKind.InvalidValue, reject.Kind);
                Assert.Equal(column, reject.Column);
                Assert.Contains($"'{wrong}'", reject.Reason, StringComparison.Ordinal);
            }
            Assert.Equal(0, pass.OutstandingLeases);
        }
    }

    private static IReadOnlyList<PlanColumn> Plan(IReadOnlyList<SourceColumn> columns) =>
        [.. columns.Select((c, i) => new PlanColumn(c.Name, i, TypeNames.Find(TypeNamesOfColumns[i])!.Value, ColumnMode.Contract))];

    /// <summary>A value as text, and as its column holds it.</summary>
    private static (string Text, string Value) Sample(string type, Random random)
    {
        long number = random.NextInt64(0, 10_000_000) + 10;
        DateTime time = new DateTime(1970, 1, 1).AddSeconds(number * 100);
        CultureInfo culture = CultureInfo.InvariantCulture;
        return type switch
        {
            "integer" => ($"{number}", $"{number}"),
            "decimal(18,2)" => ((number / 100m).ToString("0.00", culture), $"{number}"),
            "date" => (time.ToString("yyyy-MM-dd", culture), $"{number * 100 / 86400}"),
            "timestamp" => (time.ToString("yyyy-MM-dd HH:mm:ss", culture), $"{number * 100_000_000}"),
            "float" => ((number + 0.5).ToString("0.0", culture), $"{BitConverter.DoubleToInt64Bits(number + 0.5)}"),
            _ => number % 2 == 0 ? ("true", "1") : ("false", "0"),
        };
    }

    /// <summary>A field, the value that it stands for (null: NULL), and the text that is refused where it stands for none.</summary>
    private static (string Field, string? Value, string? Refused) Write(
        string text,
        string value,
        string nullText,
        char quote,
        Random random
    )
    {
        // Other characters than quotes would need quoting themselves, where they quote.
        bool mustQuote = text.Contains(quote, StringComparison.Ordinal);
        string quoted = $"{quote}{text.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";
        return random.Next(24) switch
        {
            < 4 => (quoted, value, null),
            4 => ("", null, null),
            5 => ($"{quote}{quote}", null, null),
            6 when nullText.Length > 0 && nullText[0] != quote => (nullText, null, null),
            7 when random.Next(4) == 0 => ("wrong", null, "wrong"),
            8 when random.Next(4) == 0 => ($"{quote}x{quote}{quote}y{quote}", null, $"x{quote}y"),
            _ => (mustQuote ? quoted : text, value, null),
        };
    }
}
