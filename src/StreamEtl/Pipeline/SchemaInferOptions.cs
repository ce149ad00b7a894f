namespace StreamEtl.Pipeline;

/// <summary><c>schema infer</c>: the fields that the inputs together have, written to <see cref="JobOptions.Output"/> as a schema file (JSON).</summary>
public sealed record SchemaInferOptions : JobOptions
{
    /// <summary>Paths, globs already expanded; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }
}
