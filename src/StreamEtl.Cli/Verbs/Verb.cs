using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Runtime;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary>A verb as the command line sees it: its help, its options, and how they become the engine's options.</summary>
internal sealed class Verb
{
    /// <summary>One word, or two: <c>schema infer</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>How it is called, without the program's name.</summary>
    public required string Usage { get; init; }

    /// <summary>Examples: what for, and the command.</summary>
    public required IReadOnlyList<(string Purpose, string Command)> Examples { get; init; }

    /// <summary>All options, in the order in which help lists them within a group.</summary>
    public required IReadOnlyList<OptionSpec> Options { get; init; }

    /// <summary>What else a user needs to know; lines of at most 96 characters.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Turns a command line into the engine's options; null for a verb that <see cref="Execute"/> runs.</summary>
    public Func<ParsedArguments, Host, JobOptions>? Build { get; init; }

    /// <summary>Runs a verb that is not one job of the engine; the result is the exit status.</summary>
    public Func<ParsedArguments, Host, RunSettings, Task<int>>? Execute { get; init; }
}
