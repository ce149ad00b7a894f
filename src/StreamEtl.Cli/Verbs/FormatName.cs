using StreamEtl.Compression;
using StreamEtl.Errors;
using StreamEtl.Tables;

namespace StreamEtl.Cli.Verbs;

/// <summary>The formats by their names and by the extensions of file names.</summary>
internal static class FormatName
{
    private static readonly string[] Extensions = [".csv", ".tsv", ".json", ".ndjson", ".parquet", ".txt", ".tab", ".jsonl", ".pq"];

    /// <summary>The format of a file name, compression stripped, or of a version of a table; null when the extension says nothing.</summary>
    public static string? Of(string path) => TableReference.Find(path) is not null ? "parquet" : OfFile(path);

    private static string? OfFile(string path) =>
        Path.GetExtension(CompressedName.Strip(path)).ToLowerInvariant() switch
        {
            ".csv" or ".txt" => "csv",
            ".tsv" or ".tab" => "tsv",
            ".json" => "json",
            ".ndjson" or ".jsonl" => "ndjson",
            ".parquet" or ".pq" => "parquet",
            _ => null,
        };

    /// <summary>For an extension that says nothing: the one that was probably meant.</summary>
    public static string? NearestExtension(string path) => NearestName.Find(Path.GetExtension(path), Extensions);
}
