using StreamEtl.Encoding;

namespace StreamEtl.Pipeline;

/// <summary>One run through the graph: what is read, what is done with it, where it goes.</summary>
internal sealed class PassSpec
{
    /// <summary>What the user is told is going on.</summary>
    public required string Phase { get; init; }

    /// <summary>What is read, in order.</summary>
    public required IReadOnlyList<PassSegment> Segments { get; init; }

    /// <summary>The encoder of the output, or null when the pass only looks.</summary>
    public IBatchEncoder? Encoder { get; init; }

    /// <summary>Where encoded parts go; null exactly when <see cref="Encoder"/> is.</summary>
    public Stream? Output { get; init; }

    /// <summary>True in the one pass of a job that applies the policy on malformed rows and counts what was read; others skip the same rows silently.</summary>
    public bool CountsRows { get; init; }
}
