using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>One input of one pass: its open source, what the pass wants of it, and what was counted.</summary>
internal sealed class PassInput(PassSegment segment, IRowSource source, IReadOnlyList<PlanColumn> plan)
{
    /// <summary>The segment that the input belongs to.</summary>
    public PassSegment Segment { get; } = segment;

    /// <summary>The open source.</summary>
    public IRowSource Source { get; } = source;

    /// <summary>The columns to read.</summary>
    public IReadOnlyList<PlanColumn> Plan { get; } = plan;

    /// <summary>Physical line (1-based) at which the next batch in order starts.</summary>
    public long NextLine { get; set; } = source.FirstLine;

    /// <summary>Index of the input in its side.</summary>
    public int Index { get; init; }

    /// <summary>The marks of an earlier pass to read by, or null.</summary>
    public IReadOnlyList<UnitMark>? Marks { get; init; }

    /// <summary>What was counted.</summary>
    public InputTally Tally { get; } = new(segment.Side.Number, source.Info.Name);
}
