namespace StreamEtl.Connectors.Configuration;

/// <summary>What reading a config gave: the config, or everything that is wrong with it.</summary>
/// <param name="Config">The config; null when there are problems.</param>
/// <param name="Problems">In the order of the file.</param>
public sealed record ConfigResult(RunConfig? Config, IReadOnlyList<ConfigProblem> Problems);
