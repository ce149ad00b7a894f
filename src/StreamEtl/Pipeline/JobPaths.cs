using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Pipeline;

/// <summary>The paths in a job's options.</summary>
internal static class JobPaths
{
    /// <summary>What it reads, as the user named it.</summary>
    public static IReadOnlyList<string> Inputs(JobOptions options) =>
        options switch
        {
            ConvertOptions convert => convert.Inputs,
            DedupeOptions dedupe => dedupe.Inputs,
            ConsolidateOptions consolidate => [.. consolidate.Origins.SelectMany(o => o.Inputs)],
            IngestOptions ingest => ingest.Inputs,
            DiffOptions diff => [diff.Old, diff.New],
            SchemaInferOptions infer => infer.Inputs,
            SchemaValidateOptions validate => validate.Inputs,
            _ => [],
        };

    /// <summary>All of them.</summary>
    public static IEnumerable<string> All(JobOptions options)
    {
        string? tables = options switch
        {
            IngestOptions ingest => ingest.Into,
            TableCareOptions care => care.Folder,
            _ => null,
        };
        string?[] places = [options.Output, options.RejectsPath, tables];
        return Inputs(options).Concat(places.OfType<string>());
    }
}
