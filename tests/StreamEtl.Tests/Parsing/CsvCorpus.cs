using System.IO.Compression;
using System.Text.Json;
using StreamEtl.Framing;

namespace StreamEtl.Tests.Parsing;

/// <summary>A file of Parsing/Corpus/index.json, as UTF-8.</summary>
internal sealed record CsvCorpus(
    string File,
    string Class,
    byte[] Bytes,
    CsvDialect Dialect,
    int Records,
    string? Hash,
    string Path,
    string Encoding
)
{
    private static readonly Lazy<List<CsvCorpus>> Files = new(Load);

    /// <summary>All files of a class.</summary>
    public static IEnumerable<CsvCorpus> Of(params string[] classes) => Files.Value.Where(f => classes.Contains(f.Class));

    /// <summary>The dialect of the index, every record a row, nothing guessed.</summary>
    public CsvReadOptions Options =>
        new()
        {
            Encoding = "utf-8",
            Dialect = new CsvDialectOptions
            {
                Delimiter = Dialect.Delimiter,
                Quote = Dialect.Quote,
                Escape = Dialect.Quote,
                HasHeader = false,
                SkipLines = 0,
            },
        };

    private static List<CsvCorpus> Load()
    {
        string tests = RepositoryFiles.At("tests", "StreamEtl.Tests");
        string folder = System.IO.Path.Join(tests, "Parsing", "Corpus");
        using JsonDocument index = JsonDocument.Parse(System.IO.File.ReadAllBytes(System.IO.Path.Join(folder, "index.json")));
        return [.. index.RootElement.EnumerateArray().Select(fact => Load(tests, folder, fact))];
    }

    private static CsvCorpus Load(string tests, string folder, JsonElement fact)
    {
        string name = fact.GetProperty("file").GetString()!;
        string path = System.IO.Path.Join(folder, name);
        path = System.IO.File.Exists(path) ? path : System.IO.Path.Join(tests, "Framing", "Corpus", name);
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            var plain = new MemoryStream();
            gzip.CopyTo(plain);
            bytes = plain.ToArray();
        }
        System.Text.Encoding? encoding = fact.GetProperty("encoding").GetString() switch
        {
            "latin-1" => System.Text.Encoding.Latin1,
            "utf-16-le" or "utf-16-le-bom" => System.Text.Encoding.Unicode,
            "utf-16-be-bom" => System.Text.Encoding.BigEndianUnicode,
            _ => null,
        };
        bytes = encoding is null ? bytes : System.Text.Encoding.UTF8.GetBytes(encoding.GetString(bytes));
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        bytes = bytes.AsSpan().StartsWith(mark) ? bytes[3..] : bytes;
        CsvDialect dialect = CsvDialect.Default with
        {
            Delimiter = (byte)fact.GetProperty("delimiter").GetString()![0],
            Quote = (byte)fact.GetProperty("quote").GetString()![0],
            HasHeader = false,
        };
        bool known = fact.TryGetProperty("records_sha256", out JsonElement hash);
        return new CsvCorpus(
            name,
            fact.GetProperty("class").GetString()!,
            bytes,
            dialect,
            known ? fact.GetProperty("records").GetInt32() : 0,
            known ? hash.GetString() : null,
            path,
            fact.GetProperty("encoding").GetString()!
        );
    }
}
