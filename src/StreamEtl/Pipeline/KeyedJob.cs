using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Hashing;

namespace StreamEtl.Pipeline;

/// <summary>A job that keeps one row of each key: a first pass decides which (a bitmap over row ordinals), a second writes them.</summary>
internal abstract class KeyedJob(RunContext run) : Job(run)
{
    /// <summary>Share of the memory that a table of all keys may take.</summary>
    private const double TableShare = 0.6;

    /// <summary>Rows that had a NULL in their key, in the last first pass.</summary>
    protected long NullKeys { get; private set; }

    /// <summary>Whether a table of so many bytes for each row may fit in a share of the memory: it is worth trying where nothing is known of the rows.</summary>
    protected bool MayFit(int bytesPerRow, double share) => Sides[0].SampleRowBytes == 0 || Fits(bytesPerRow, share);

    /// <summary>How many rows such a table is made for from the first on; 0 where that is too much, or not known.</summary>
    protected long ExpectedRows(int bytesPerRow, double share) => Fits(bytesPerRow, share) ? Sides[0].EstimatedRows : 0;

    private bool Fits(int bytesPerRow, double share) => (double)Sides[0].EstimatedRows * bytesPerRow < Run.Budget.Limit * share;

    /// <summary>First pass of two: only keys and decision columns are converted. Of rows that tie in everything the first wins, or the last with <paramref name="keepLast"/>.</summary>
    /// <param name="keys">Indices of the key columns.</param>
    /// <param name="decisions">Indices of the decision columns, in order.</param>
    /// <param name="keep">The rule of each of <paramref name="decisions"/>.</param>
    /// <param name="keepLast">Which row of a full tie.</param>
    /// <param name="exact">True: keys are compared by content, not by hash alone.</param>
    /// <returns>The winners; the caller disposes them.</returns>
    protected async Task<RowBitmap> DecideAsync(int[] keys, int[] decisions, IReadOnlyList<KeepRule> keep, bool keepLast, bool exact)
    {
        bool composite = decisions.Length > 1 || (decisions.Length == 1 && !SortKey.IsFixed(Columns.Columns[decisions[0]].Type));
        exact = RowContent.IsNeeded(exact);
        if (!composite && !exact && MayFit(RunningWinners.BytesPerRow, TableShare))
        {
            try
            {
                return await DecideByTableAsync(keys, decisions, keep, keepLast).ConfigureAwait(false);
            }
            catch (StateFullException)
            {
                Run.Report.Passes.Add("start again with spilling: the table of keys outgrew --memory");
            }
        }
        using var deciding = new KeyedWinners(
            Run.Budget,
            Run.Options.TempDirectory,
            Run.Options.Threads,
            keepLast,
            [.. keep.Select(k => !k.Descending)],
            composite,
            exact
        );
        long rows = await FindDuplicatesAsync(
                keys,
                decisions,
                batch =>
                    deciding.Add(
                        batch.KeyHashes.AsSpan(0, batch.RowCount),
                        RowHashes.Pick(batch, keys),
                        RowHashes.Pick(batch, decisions),
                        batch.FirstRow
                    )
            )
            .ConfigureAwait(false);
        LetGoOfBatches(rows);
        RowBitmap winners = deciding.Finish(rows);
        Run.Report.SpilledBytes += deciding.SpilledBytes;
        return winners;
    }

    /// <summary>Rows are decided as they come.</summary>
    private async Task<RowBitmap> DecideByTableAsync(int[] keys, int[] decisions, IReadOnlyList<KeepRule> keep, bool keepLast)
    {
        long expected = ExpectedRows(RunningWinners.BytesPerRow, TableShare);
        bool inverted = keep.Count > 0 && !keep[0].Descending;
        using var deciding = new RunningWinners(Run.Budget, expected, keepLast, inverted);
        await FindDuplicatesAsync(
                keys,
                decisions,
                batch =>
                {
                    Column? decision = decisions.Length == 0 ? null : batch.Columns[decisions[0]];
                    if (!deciding.TryAdd(batch.KeyHashes.AsSpan(0, batch.RowCount), decision))
                    {
                        throw new StateFullException();
                    }
                }
            )
            .ConfigureAwait(false);
        return deciding.Finish();
    }

    /// <summary>Shows every row's key to <paramref name="decide"/>, in order; returns how many rows there are.</summary>
    private async Task<long> FindDuplicatesAsync(int[] keys, int[] decisions, Action<RowBatch> decide)
    {
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        NullKeys = 0;
        PassSegment segment = Segment(
            0,
            Columns,
            c => keys.Contains(c) || decisions.Contains(c),
            prepare: batch => RowHashes.HashKeys(batch, keys),
            accept: batch =>
            {
                NullKeys += CountNulls(RowHashes.Pick(batch, keys), batch.RowCount);
                decide(batch);
            }
        );
        var spec = new PassSpec
        {
            Phase = "finding duplicates",
            Segments = [segment],
            CountsRows = true,
        };
        await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        return segment.NextRow;
    }

    /// <summary>Rows with a NULL in at least one of the columns.</summary>
    private static long CountNulls(Column[] columns, int rows)
    {
        if (Array.TrueForAll(columns, c => c.NullCount == 0 && c.Type.Kind != Types.ColumnKind.Null))
        {
            return 0;
        }
        long nulls = 0;
        for (int i = 0; i < rows; i++)
        {
            nulls += Array.Exists(columns, c => c.Type.Kind == Types.ColumnKind.Null || c.IsNull(i)) ? 1 : 0;
        }
        return nulls;
    }
}
