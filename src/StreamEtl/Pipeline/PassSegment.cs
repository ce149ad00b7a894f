using StreamEtl.Batches;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>The part of a pass that reads one side of a job. Ordinals of rows start at 0 in each segment.</summary>
internal sealed class PassSegment
{
    /// <summary>Rows that are read instead of the inputs; they have their ordinals already.</summary>
    public KeptRows? Kept { get; init; }

    /// <summary>The inputs to read, in order.</summary>
    public required TableSide Side { get; init; }

    /// <summary>What to read of an input, given its index in the side and the columns it has.</summary>
    public required Func<int, IReadOnlyList<SourceColumn>, IReadOnlyList<PlanColumn>> Plan { get; init; }

    /// <summary>
    /// Which rows the pass wants, when an earlier pass has decided: given the ordinal of a first row and a number of rows, writes the positions of those wanted and returns
    /// how many. Called from many threads. Null: all.
    /// </summary>
    public RowChoice? Choose { get; init; }

    /// <summary>
    /// Like <see cref="Plan"/>, what to read later of some rows only. Batches then come with the hashes of their records; every input is an <see cref="IRecordSource"/>.
    /// </summary>
    public Func<int, IReadOnlyList<SourceColumn>, IReadOnlyList<PlanColumn>>? Rest { get; init; }

    /// <summary>A later pass wants few of the rows, so that it is worth noting where they are.</summary>
    public bool NotesPlaces { get; init; }

    /// <summary>Work on a decoded batch that needs no order (hashing). Called from many threads.</summary>
    public Action<RowBatch>? Prepare { get; init; }

    /// <summary>Work on a batch in input order (deciding, selecting). Called by one thread at a time; may select rows and replace columns.</summary>
    public Action<RowBatch>? Accept { get; init; }

    /// <summary>Ordinal of the next well-formed row.</summary>
    public long NextRow { get; set; }

    /// <summary>How its units grow when they are decoded.</summary>
    public UnitGrowth Growth { get; } = new();
}
