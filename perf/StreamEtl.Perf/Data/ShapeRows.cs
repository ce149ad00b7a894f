using System.Globalization;
using System.Text;

namespace StreamEtl.Perf.Data;

/// <summary>One row of each shape; the key is the first column, <c>id</c>, and every column changes with the version.</summary>
internal static class ShapeRows
{
    private const int NumberColumns = 60;
    private const int SparseColumns = 200;
    private const int SparsePercent = 10;

    private static readonly string[] Words =
        "the parcel was left with a neighbour because nobody opened; customer says, \"call first\"; driver waited ten minutes at gate 4 and went on".Split(
            ' '
        );

    public static void NumbersHeader(StringBuilder line) => Header(line, "n", NumberColumns);

    /// <summary>Integers from flags to 15 digits, decimals of 2 and 4 digits, signed ones, and floats with an exponent.</summary>
    public static void Numbers(StringBuilder line, long id, ulong version)
    {
        SplitMix random = Random(id, version);
        line.Append(id + 1_000_000);
        for (int c = 1; c < NumberColumns; c++)
        {
            line.Append(',');
            switch (c % 6)
            {
                case 0:
                    line.Append(random.Below(2));
                    break;
                case 1:
                    line.Append(random.Below(1000) - 500);
                    break;
                case 2:
                    line.Append(CultureInfo.InvariantCulture, $"{random.Below(1_000_000)}.{random.Below(100):D2}");
                    break;
                case 3:
                    line.Append(random.Below(1_000_000_000_000_000));
                    break;
                case 4:
                    line.Append(
                        CultureInfo.InvariantCulture,
                        $"{random.Below(9) + 1}.{random.Below(1_000_000):D6}e{random.Below(20) - 10}"
                    );
                    break;
                default:
                    line.Append(CultureInfo.InvariantCulture, $"{random.Below(100)}.{random.Below(10_000):D4}");
                    break;
            }
        }
    }

    public static void TextsHeader(StringBuilder line) => line.Append("id,author,body,title");

    /// <summary>Always quoted: 200 to 1,200 bytes with commas, doubled quotes and a line break now and then.</summary>
    public static void Texts(StringBuilder line, long id, ulong version)
    {
        SplitMix random = Random(id, version);
        line.Append(CultureInfo.InvariantCulture, $"{id + 1_000_000},\"author {random.Below(5000)}\",\"");
        Sentence(line, ref random, 200 + (int)random.Below(1000));
        line.Append("\",\"");
        Sentence(line, ref random, 30);
        line.Append('"');
    }

    public static void SparseHeader(StringBuilder line) => Header(line, "c", SparseColumns);

    /// <summary>Nine of ten fields are empty; each column has its type.</summary>
    public static void Sparse(StringBuilder line, long id, ulong version)
    {
        SplitMix random = Random(id, version);
        line.Append(id + 1_000_000);
        for (int c = 1; c < SparseColumns; c++)
        {
            line.Append(',');
            if (random.Below(100) >= SparsePercent)
            {
                continue;
            }
            switch (c % 4)
            {
                case 0:
                    line.Append(random.Below(100_000));
                    break;
                case 1:
                    line.Append(CultureInfo.InvariantCulture, $"{random.Below(1000)}.{random.Below(100):D2}");
                    break;
                case 2:
                    line.Append(CultureInfo.InvariantCulture, $"A{random.Below(1000):D3}");
                    break;
                default:
                    line.Append(CultureInfo.InvariantCulture, $"2025-{random.Below(12) + 1:D2}-{random.Below(28) + 1:D2}");
                    break;
            }
        }
    }

    private static SplitMix Random(long id, ulong version) => new((ulong)id * 2 + version);

    private static void Header(StringBuilder line, string prefix, int columns) =>
        line.Append("id")
            .AppendJoin("", Enumerable.Range(1, columns - 1).Select(c => string.Create(CultureInfo.InvariantCulture, $",{prefix}{c}")));

    private static void Sentence(StringBuilder line, ref SplitMix random, int length)
    {
        int end = line.Length + length;
        while (line.Length < end)
        {
            line.Append(Words[random.Below(Words.Length)].Replace("\"", "\"\"", StringComparison.Ordinal))
                .Append(random.Below(30) == 0 ? '\n' : ' ');
        }
    }
}
