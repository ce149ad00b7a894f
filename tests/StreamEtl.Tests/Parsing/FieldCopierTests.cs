using System.Text;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parsing;

/// <summary>Texts that are copied as they are found are those that stand in the file.</summary>
public sealed class FieldCopierTests
{
    private const int Seed = 20261123;

    /// <summary>Plain, quoted, with doubled quotes, delimiters and line ends in them, empty, absent, longer than any vector; in blocks of all sizes, so that room is estimated from larger and smaller ones.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_EveryWayOfWriting_GivesTheTextsThatWereWritten(bool quotedEmptyIsString)
    {
        var random = new Random(Seed);
        for (int table = 0; table < 60; table++)
        {
            int longest = ((int[])[3, 20, 70, 400])[random.Next(4)];
            var text = new StringBuilder("n,a,b,c\n");
            var expected = new List<string>();
            int rows = random.Next(1, 700);
            for (int row = 0; row < rows; row++)
            {
                (string Field, string Value)[] fields =
                [
                    .. Enumerable
                        .Range(0, 3)
                        .Select(_ => Write(random, random.Next(50) == 0 ? longest * 20 : longest, quotedEmptyIsString)),
                ];
                text.Append(row).Append(',').AppendJoin(',', fields.Select(f => f.Field)).Append('\n');
                expected.Add($"{row}|{string.Join('|', fields.Select(f => f.Value))}");
            }
            CsvReadOptions options = CsvPass.Comma with { QuotedEmptyIsString = quotedEmptyIsString };

            CsvPass pass = await CsvPass.RunAsync(
                System.Text.Encoding.UTF8.GetBytes(text.ToString()),
                options,
                random.Next(200, 40_000),
                columns =>
                    [
                        .. columns.Select(
                            (c, i) => new PlanColumn(c.Name, i, i == 0 ? ColumnType.Integer : ColumnType.Text, ColumnMode.Convert)
                        ),
                    ],
                copies: true
            );

            Assert.Null(pass.Error);
            Assert.Equal(expected, pass.Values);
            Assert.Equal(0, pass.OutstandingLeases);
        }
    }

    private static (string Field, string Value) Write(Random random, int longest, bool quotedEmptyIsString)
    {
        const string Letters = "abcdefghij ,\n\"é漢";
        int length = random.Next(4) == 0 ? 0 : random.Next(longest + 1);
        string value = string.Concat(
            Enumerable.Range(0, length).Select(_ => Letters[random.Next(random.Next(3) == 0 ? Letters.Length : 10)])
        );
        bool quoted = random.Next(4) == 0 || value.AsSpan().IndexOfAny(",\n\"") >= 0;
        string field = quoted ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
        return (field, value.Length > 0 || (quoted && quotedEmptyIsString) ? value : "~");
    }
}
