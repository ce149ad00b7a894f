using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline;

/// <summary>D2: the small cases of change detection, compared as text. Where the documented behaviour differs from a case's proposed default, the table here says what holds and why.</summary>
public sealed class SemanticsTests : IDisposable
{
    /// <summary>Inserts, updates and deletes (keys, parts joined by |) where cli.md decides otherwise than the vectors propose.</summary>
    private static readonly Dictionary<string, (string Why, string[] Insert, string[] Update, string[] Delete)> Decided = new()
    {
        ["K05"] = ("rows of one key that differ: the last one counts, with a warning", [], ["1"], []),
        ["K06"] = ("as K05", [], ["1"], []),
        ["K15"] = ("columns match ignoring case where that is unambiguous", [], [], []),
        ["S04"] = ("a dropped column is reported and compared as NULL", [], ["1"], []),
        ["S05"] = ("a rename is a dropped and an added column", [], ["1"], []),
        ["S06"] = ("as K15", [], [], []),
        ["G01"] = ("guards belong to ingest: an empty file is a table without rows", [], [], ["1"]),
        ["G02"] = ("as G01", [], [], ["1", "2"]),
        ["G03"] = ("as G01", [], [], ["2", "3", "4", "5", "6", "7", "8", "9"]),
    };

    /// <summary>Errors that hold, by kind and the line that they must name (0: none).</summary>
    private static readonly Dictionary<string, (ErrorKind Kind, int Line)> Errors = new()
    {
        ["K01"] = (ErrorKind.NullKey, 3),
        ["K02"] = (ErrorKind.NullKey, 2),
        ["K13"] = (ErrorKind.Usage, 0),
        ["K14"] = (ErrorKind.ColumnNotFound, 0),
        ["S09"] = (ErrorKind.Header, 0),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-semantics-").FullName;

    public static TheoryData<string> Ids => [.. Cases().Select(c => c.GetProperty("id").GetString()!)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Diff_Vector_HoldsAsDocumented(string id)
    {
        JsonElement vector = Cases().Single(c => c.GetProperty("id").GetString() == id);
        string before = vector.GetProperty("before").GetString()!;
        string after = vector.GetProperty("after").GetString()!;
        string[] key = [.. vector.GetProperty("key").EnumerateArray().Select(k => k.GetString()!)];
        if (Errors.TryGetValue(id, out (ErrorKind Kind, int Line) error))
        {
            StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => DiffAsync(before, after, key));
            Assert.Equal(error.Kind, e.Kind);
            Assert.Equal(error.Line, e.Position?.Line ?? 0);
            Assert.Equal(["new.csv", "old.csv"], Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order());
            return;
        }
        JsonElement expected = vector.GetProperty("expected");
        if (vector.TryGetProperty("untyped_result", out JsonElement untyped))
        {
            expected = untyped;
        }
        (string[] insert, string[] update, string[] delete) = Decided.TryGetValue(id, out var decided)
            ? (decided.Insert, decided.Update, decided.Delete)
            : (Keys(expected, "insert"), Keys(expected, "update"), Keys(expected, "delete"));
        Dictionary<char, string[]> found = await DiffAsync(before, after, key);
        Assert.Equal(insert, found['I']);
        Assert.Equal(update, found['U']);
        Assert.Equal(delete, found['D']);
        if (vector.TryGetProperty("third", out JsonElement third))
        {
            found = await DiffAsync(after, third.GetString()!, key);
            Assert.Equal(Keys(vector.GetProperty("third_expected"), "insert"), found['I']);
        }
    }

    private static string[] Keys(JsonElement expected, string name) =>
        [.. expected.GetProperty(name).EnumerateArray().Select(k => k.GetString()!).Order(StringComparer.Ordinal)];

    private static IEnumerable<JsonElement> Cases()
    {
        string path = RepositoryFiles.At("tests", "StreamEtl.Tests", "Corpus", "semantics", "vectors.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.Clone().GetProperty("cases").EnumerateArray()];
    }

    private async Task<Dictionary<char, string[]>> DiffAsync(string before, string after, string[] key)
    {
        string old = Path.Combine(_folder, "old.csv");
        string @new = Path.Combine(_folder, "new.csv");
        string output = Path.Combine(_folder, "changes.ndjson");
        await File.WriteAllTextAsync(old, before, new UTF8Encoding(false));
        await File.WriteAllTextAsync(@new, after, new UTF8Encoding(false));
        var report = new RunReport { Verb = "diff" };
        await EtlRunner.RunAsync(
            new DiffOptions
            {
                Old = old,
                New = @new,
                Key = key,
                Output = output,
                InferTypes = false,
                // One of the vectors has a single column; a comma is what all others use.
                Delimiter = ',',
                NoHeader = false,
                MemoryBytes = 256 << 20,
                TempDirectory = _folder,
                Threads = 2,
            },
            report,
            null,
            CancellationToken.None
        );
        var found = new Dictionary<char, List<string>>
        {
            ['I'] = [],
            ['U'] = [],
            ['D'] = [],
        };
        foreach (string line in await File.ReadAllLinesAsync(output))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            var values = row.RootElement.EnumerateObject().ToLookup(p => p.Name, p => p.Value, StringComparer.OrdinalIgnoreCase);
            found[row.RootElement.GetProperty("_cdc_operation").GetString()![0]]
                .Add(string.Join('|', key.Select(k => values[k].First().GetString())));
        }
        File.Delete(output);
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"{report.Inserts} {report.Updates} {report.Deletes}"),
            $"{found['I'].Count} {found['U'].Count} {found['D'].Count}"
        );
        return found.ToDictionary(p => p.Key, p => p.Value.Order(StringComparer.Ordinal).ToArray());
    }
}
