namespace StreamEtl.Pipeline;

/// <summary>
/// <c>schema validate</c>: reads every row under <see cref="JobOptions.Schema"/> (never null here) and writes nothing; <see cref="JobOptions.Output"/> is empty.
/// A row or a column that breaks the contract is an error, or a rejected row under <see cref="JobOptions.RejectMalformed"/>.
/// </summary>
public sealed record SchemaValidateOptions : JobOptions
{
    /// <summary>Paths, globs already expanded; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }
}
