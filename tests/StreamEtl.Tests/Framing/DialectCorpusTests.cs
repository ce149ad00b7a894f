using System.Text.Json;
using StreamEtl.Framing;
using StreamEtl.Sources;

namespace StreamEtl.Tests.Framing;

/// <summary>Files of public projects, each with the dialect under which independent readers agree on its records (Corpus/SOURCES.md).</summary>
public sealed class DialectCorpusTests
{
    [Fact]
    public async Task Sniff_FilesOfPublicProjects_AreFoundWithTheirEncoding()
    {
        string folder = RepositoryFiles.At("tests", "StreamEtl.Tests", "Framing", "Corpus");
        using JsonDocument index = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Join(folder, "index.json")));
        var wrong = new List<string>();
        int files = 0;
        foreach (JsonElement fact in index.RootElement.EnumerateArray())
        {
            files++;
            string Fact(string name) => fact.GetProperty(name).GetString()!;
            await using var input = new FileInput(Path.Join(folder, Fact("file")));
            await using TextSource text = await TextSource.OpenAsync(await input.OpenAsync(default), null, default);
            var sample = new byte[1 << 16];
            int count = await text.ReadFullyAsync(sample, default);
            CsvDialect dialect = DialectSniffer.Sniff(sample.AsSpan(0, count), count < sample.Length, new());
            var found =
                $"{(char)dialect.Delimiter}{(char?)dialect.Quote}{(char?)dialect.Escape} after {dialect.SkipLines} in {text.EncodingName}";
            var expected = $"{Fact("delimiter")}{Fact("quote")} after 0 in {EncodingName(Fact("encoding"))}";
            if (found != expected)
            {
                wrong.Add($"{Fact("file")}: {found} instead of {expected}");
            }
        }
        Assert.True(files > 250);
        Assert.Empty(wrong);
    }

    private static string EncodingName(string fact) =>
        fact switch
        {
            "latin-1" => "windows-1252",
            "utf-8-sig" => "utf-8",
            "utf-16-le-bom" => "utf-16le",
            "utf-16-be-bom" => "utf-16be",
            _ => fact,
        };
}
