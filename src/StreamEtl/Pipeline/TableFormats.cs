using StreamEtl.Compression;
using StreamEtl.Errors;

namespace StreamEtl.Pipeline;

/// <summary>Finds the format of a path.</summary>
internal static class TableFormats
{
    /// <summary>The format by name when given, else by extension; standard streams and unknown extensions are CSV.</summary>
    public static TableFormat Resolve(string path, string? name, string option)
    {
        if (name is not null)
        {
            return Parse(name)
                ?? throw new StreamEtlException(
                    ErrorKind.Usage,
                    $"{option} '{name}' is not a format",
                    hint: "formats are csv, tsv, json, ndjson, parquet"
                );
        }
        return Parse(Path.GetExtension(CompressedName.Strip(path)).TrimStart('.')) ?? TableFormat.Csv;
    }

    private static TableFormat? Parse(string name) =>
        name.ToLowerInvariant() switch
        {
            "csv" or "txt" => TableFormat.Csv,
            "tsv" or "tab" => TableFormat.Tsv,
            "json" => TableFormat.Json,
            "ndjson" or "jsonl" => TableFormat.NdJson,
            "parquet" or "pq" => TableFormat.Parquet,
            _ => null,
        };
}
