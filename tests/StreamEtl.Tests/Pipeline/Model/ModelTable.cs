using System.Text;
using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using StreamEtl.Types;

namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>
/// A random table as a file (CSV or Parquet) and as values. Its first column <c>rid</c> numbers the rows, so that a test knows each row again in an output; the others
/// are <c>c0</c>, <c>c1</c>, … of the given kinds.
/// </summary>
internal sealed class ModelTable
{
    private ModelTable(ModelKind[] kinds, string?[][] texts)
    {
        Kinds = kinds;
        Texts = texts;
        Rows = [.. texts.Select(row => row.Select((text, c) => text is null ? null : ModelValues.Parse(kinds[c], text)).ToArray())];
    }

    public ModelKind[] Kinds { get; }

    /// <summary>As written; null for NULL.</summary>
    public string?[][] Texts { get; }

    /// <summary>As meant; null for NULL.</summary>
    public IComparable?[][] Rows { get; }

    /// <summary>A table whose values come from small pools. <paramref name="nullShare"/> by column.</summary>
    public static ModelTable Draw(Random random, ModelKind[] kinds, int rows, double[] nullShare) =>
        new(
            kinds,
            [
                .. Enumerable
                    .Range(0, rows)
                    .Select(_ =>
                        kinds.Select((kind, c) => random.NextDouble() < nullShare[c] ? null : ModelValues.Draw(kind, random)).ToArray()
                    ),
            ]
        );

    /// <summary>Kinds of the columns, at random.</summary>
    public static ModelKind[] DrawKinds(Random random, int columns) =>
        [.. Enumerable.Range(0, columns).Select(_ => (ModelKind)random.Next(Enum.GetValues<ModelKind>().Length))];

    /// <summary>Writes the table; returns its path.</summary>
    public async Task<string> WriteAsync(string folder, string name, bool parquet, Random random)
    {
        string csv = Path.Combine(folder, $"{name}.csv");
        var text = new StringBuilder("rid");
        for (int c = 0; c < Kinds.Length; c++)
        {
            text.Append(",c").Append(c);
        }
        text.Append('\n');
        for (int r = 0; r < Texts.Length; r++)
        {
            text.Append(r);
            foreach (string? value in Texts[r])
            {
                text.Append(',').Append(Quote(value, random));
            }
            text.Append('\n');
        }
        await File.WriteAllTextAsync(csv, text.ToString(), new UTF8Encoding(false));
        if (!parquet)
        {
            return csv;
        }
        string path = Path.Combine(folder, $"{name}.parquet");
        var options = new ConvertOptions
        {
            Inputs = [csv],
            Output = path,
            Schema = [new Field("rid", ColumnType.Integer), .. Kinds.Select((kind, c) => new Field($"c{c}", ModelValues.TypeOf(kind)))],
            Delimiter = ',',
            NoHeader = false,
            MemoryBytes = 256 << 20,
            TempDirectory = folder,
            Threads = 2,
        };
        await EtlRunner.RunAsync(options, new RunReport { Verb = "convert" }, null, CancellationToken.None);
        return path;
    }

    private static string Quote(string? value, Random random)
    {
        if (value is null)
        {
            return random.Next(2) == 0 ? "" : "\"\"";
        }
        bool must = value.AsSpan().IndexOfAny(",\"\n") >= 0;
        return must || random.Next(4) == 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }

    /// <summary>Lines of NDJSON are these rows, in this order; <paramref name="more"/> looks at what else a line has.</summary>
    public static void CheckRows(
        string[] lines,
        ModelKind[] kinds,
        IReadOnlyList<(int Rid, IComparable?[] Values)> expected,
        Action<JsonElement, int>? more = null
    )
    {
        Assert.Equal(expected.Count, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[i]);
            Assert.Equal(expected[i].Rid, line.RootElement.GetProperty("rid").GetInt32());
            more?.Invoke(line.RootElement, i);
            for (int c = 0; c < kinds.Length; c++)
            {
                Assert.Equal(expected[i].Values[c], ModelValues.Parse(kinds[c], line.RootElement.GetProperty($"c{c}")));
            }
        }
    }
}
