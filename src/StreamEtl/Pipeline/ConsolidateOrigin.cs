namespace StreamEtl.Pipeline;

/// <summary>One of the tables that <c>consolidate</c> makes one of.</summary>
/// <param name="Name">What the report and <c>--origin-column</c> call it.</param>
/// <param name="Inputs">Paths, globs already expanded; <c>-</c> is standard input.</param>
public sealed record ConsolidateOrigin(string Name, IReadOnlyList<string> Inputs);
