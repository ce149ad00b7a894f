using System.Text.Json;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>The files of other projects and what independent readers say of them.</summary>
internal static class ParquetCorpus
{
    private static readonly Lazy<IReadOnlyList<CorpusFile>> All = new(Read);

    public static IReadOnlyList<CorpusFile> Files => All.Value;

    public static IEnumerable<CorpusFile> OfTier(string tier) => Files.Where(f => f.Tier == tier);

    private static List<CorpusFile> Read()
    {
        string folder = RepositoryFiles.At("tests", "StreamEtl.Tests", "Parquet", "Corpus");
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        var files = new List<CorpusFile>();
        foreach (JsonElement file in index.RootElement.GetProperty("files").EnumerateArray())
        {
            JsonElement expected = file.GetProperty("expected");
            JsonElement oracle = expected.GetProperty("duckdb");
            string name = file.GetProperty("file").GetString()!["parquet/".Length..];
            files.Add(
                new CorpusFile(
                    name,
                    Path.Combine(folder, name),
                    expected.GetProperty("tier").GetString()!,
                    oracle.TryGetProperty("rows", out JsonElement rows) ? rows.GetInt64() : -1,
                    oracle.TryGetProperty("rows_sha256", out JsonElement hash) ? hash.GetString() : null,
                    oracle.TryGetProperty("columns", out JsonElement columns)
                        ?
                        [
                            .. columns
                                .EnumerateArray()
                                .Select(c => new CorpusColumn(
                                    c.GetProperty("name").GetString()!,
                                    c.GetProperty("type").GetString()!,
                                    c.TryGetProperty("sha256", out JsonElement s) ? s.GetString() : null
                                )),
                        ]
                        : []
                )
            );
        }
        return files;
    }
}
