using StreamEtl.Tables;

namespace StreamEtl.Pipeline;

/// <summary>Chooses how an input that the user names is read.</summary>
internal static class TableInputs
{
    /// <summary>An input by its format: stated, or by extension. <paramref name="readOnce"/>: no second reading can be needed.</summary>
    public static TableInput Create(string path, JobOptions options, bool readOnce) =>
        TableReference.Find(path) is { } version ? new TableVersionInput(version) : CreateFile(path, options, readOnce);

    /// <summary>What an input's format is: a version of a table is Parquet, whatever is said of files.</summary>
    public static TableFormat FormatOf(string path, JobOptions options) =>
        TableReference.Find(path) is null ? TableFormats.Resolve(path, options.From, "--from") : TableFormat.Parquet;

    private static TableInput CreateFile(string path, JobOptions options, bool readOnce) =>
        TableFormats.Resolve(path, options.From, "--from") switch
        {
            TableFormat.Parquet => new ParquetInput(path),
            TableFormat.Json or TableFormat.NdJson => new JsonInput(path, options),
            var format => new CsvInput(path, format, options, readOnce),
        };
}
