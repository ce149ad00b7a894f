namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table log</c>: the versions of tables, oldest first.</summary>
public sealed record TableLogOptions : TableCareOptions;
