using StreamEtl.Errors;

namespace StreamEtl.Pipeline;

/// <summary>The file formats that data verbs read and write.</summary>
internal enum TableFormat
{
    /// <summary>Delimited text; the delimiter is found from the data.</summary>
    Csv,

    /// <summary>Tab-separated text.</summary>
    Tsv,

    /// <summary>One JSON array of objects.</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    NdJson,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}

/// <summary>Finds the format of a path.</summary>
internal static class TableFormats
{
    private static readonly string[] CompressedSuffixes = [".gz", ".gzip", ".zst", ".zstd", ".zip"];

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
        string stripped = path;
        foreach (string suffix in CompressedSuffixes)
        {
            if (stripped.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                stripped = stripped[..^suffix.Length];
                break;
            }
        }
        return Parse(Path.GetExtension(stripped).TrimStart('.')) ?? TableFormat.Csv;
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
