using StreamEtl.Compression;
using StreamEtl.Errors;

namespace StreamEtl.Pipeline;

/// <summary>Refuses, before anything is read, names of outputs that promise what is not written.</summary>
internal static class OutputRules
{
    /// <summary>Throws a usage error for the first name that promises too much.</summary>
    public static void Check(JobOptions options)
    {
        if (options is SchemaInferOptions)
        {
            RefuseCompressed(options.Output, "-o", "a schema");
        }
        else if (options is not (SchemaValidateOptions or IngestOptions or ConsolidateOptions { Output: "" }))
        {
            CheckTable(options);
        }
        RefuseCompressed(options.RejectsPath ?? "", "--rejects", "the list of rejected rows");
    }

    private static void CheckTable(JobOptions options)
    {
        FileCompression compression = CompressedName.Of(options.Output);
        if (compression == FileCompression.None)
        {
            return;
        }
        string plain = CompressedName.Strip(options.Output);
        if (TableFormats.Resolve(options.Output, options.To, "--to") == TableFormat.Parquet)
        {
            string codec = compression == FileCompression.Gzip ? "gzip" : "zstd";
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"a Parquet file is not compressed as a whole, as the name '{options.Output}' says",
                hint: $"its pages are: -o {plain} --compression {codec}"
            );
        }
        if (compression is not (FileCompression.Gzip or FileCompression.Zstandard))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"the compression that the name '{options.Output}' says cannot be written",
                hint: $"name it {plain}.gz or {plain}.zst"
            );
        }
    }

    private static void RefuseCompressed(string path, string option, string what)
    {
        if (CompressedName.Of(path) != FileCompression.None)
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"{option}: {what} is written plain, not compressed as the name '{path}' says",
                hint: $"name it {CompressedName.Strip(path)}"
            );
        }
    }
}
