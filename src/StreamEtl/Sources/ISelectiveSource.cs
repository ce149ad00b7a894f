using StreamEtl.Batches;

namespace StreamEtl.Sources;

/// <summary>Extra ability of a source that decodes some rows of a unit for less than all of them.</summary>
public interface ISelectiveSource
{
    /// <summary>
    /// As <see cref="IRowSource.Decode"/>, for the first <paramref name="count"/> of <paramref name="positions"/> (ascending, an array of the unit's lease, which the batch
    /// keeps as <see cref="RowBatch.Positions"/>) among the unit's <paramref name="rows"/> rows. An earlier pass has found all of them well-formed: they are not judged again,
    /// and an input that has other rows now is an error.
    /// </summary>
    RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan, int rows, int[] positions, int count);
}
