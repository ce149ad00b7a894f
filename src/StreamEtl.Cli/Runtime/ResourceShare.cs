namespace StreamEtl.Cli.Runtime;

/// <summary>What one table may use.</summary>
/// <param name="Memory">Bytes.</param>
/// <param name="Threads">Cores, at least 1.</param>
internal sealed record ResourceShare(long Memory, int Threads);
