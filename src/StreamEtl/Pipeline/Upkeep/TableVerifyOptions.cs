namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table verify</c>: holds every version that can be read against its files, its ledger and the version before.</summary>
public sealed record TableVerifyOptions : TableCareOptions;
