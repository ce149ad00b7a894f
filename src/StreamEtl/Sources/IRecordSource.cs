using StreamEtl.Batches;

namespace StreamEtl.Sources;

/// <summary>Extra ability of a source whose rows are spans of one text (CSV): rows that are the same byte for byte are found without reading their values.</summary>
public interface IRecordSource
{
    /// <summary>
    /// All that decides, besides its bytes and the plan, which values a record has: the dialect and the columns. Records of equal bytes under equal forms have equal values.
    /// </summary>
    string RecordForm { get; }

    /// <summary>True where reading the text twice costs less than reading its values once: it does not come out of a pipe, a decompressor or a store.</summary>
    bool IsPlainFile { get; }

    /// <summary>
    /// Asks every later <see cref="IRowSource.Decode"/> to fill <see cref="RowBatch.RecordHashes"/>, and to put off the values of <paramref name="rest"/>, which shares no source column
    /// with <paramref name="plan"/>, the pass's own: <see cref="RowBatch.ReadRest"/> reads them. Called at most once, before the first read.
    /// </summary>
    void HashRecords(IReadOnlyList<PlanColumn> plan, IReadOnlyList<PlanColumn> rest);

    /// <summary>Asks every later <see cref="IRowSource.Decode"/> to say where the rows are, in <see cref="RowBatch.Places"/>.</summary>
    void NotePlaces();

    /// <summary>Asks every later <see cref="IRowSource.Decode"/> for batches that hold their texts end to end and nothing of the input besides: they will be kept.</summary>
    void CopyTexts();

    /// <summary>As <see cref="IRowSource.ReadAsync"/>, for a unit of well-formed rows whose <see cref="RowBatch.Places"/> an earlier pass has noted, where reading stands at its beginning.</summary>
    ValueTask<SourceUnit> ReadAgainAsync(RowPlaces places, CancellationToken cancellationToken);
}
