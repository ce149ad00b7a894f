namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table compact</c>: a new version with the same rows, all in one new full load.</summary>
public sealed record TableCompactOptions : TableCareOptions;
