namespace StreamEtl.Connectors.Configuration;

/// <summary>Ends the reading of a file that is not what its syntax wants.</summary>
internal sealed class ConfigSyntaxException(ConfigProblem problem) : Exception(problem.Text)
{
    public ConfigProblem Problem { get; } = problem;
}
