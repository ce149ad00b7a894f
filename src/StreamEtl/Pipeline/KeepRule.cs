namespace StreamEtl.Pipeline;

/// <summary>One decision column of <c>--keep</c>.</summary>
/// <param name="Column">Column name.</param>
/// <param name="Descending">True: the largest value wins; false: the smallest. NULL never wins over a value.</param>
public sealed record KeepRule(string Column, bool Descending);
