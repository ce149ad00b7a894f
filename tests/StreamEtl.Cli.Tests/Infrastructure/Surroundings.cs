using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Tests.Infrastructure;

/// <summary>Terminal, environment and progress of a <see cref="CommandRun"/>.</summary>
internal sealed record Surroundings
{
    public bool InputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public Dictionary<string, string> Variables { get; init; } = [];

    public IReadOnlyList<RunProgress> Moments { get; init; } = [];
}
