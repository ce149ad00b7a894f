namespace StreamEtl.Pipeline;

/// <summary><c>convert</c>: inputs, matched by column name, become one output.</summary>
public sealed record ConvertOptions : JobOptions
{
    /// <summary>Paths, globs already expanded; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }
}
