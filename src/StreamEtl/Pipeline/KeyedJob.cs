using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Hashing;

namespace StreamEtl.Pipeline;

/// <summary>A job that keeps one row of each key: a first pass decides which (a bitmap over row ordinals), a second writes them.</summary>
internal abstract class KeyedJob(RunContext run) : Job(run)
{
    /// <summary>Rows that had a NULL in their key, in the last first pass.</summary>
    protected long NullKeys { get; private set; }

    /// <summary>First pass of two: only keys and decision columns are converted. Of rows that tie in everything the first wins, or the last with <paramref name="keepLast"/>.</summary>
    /// <param name="keys">Indices of the key columns.</param>
    /// <param name="decisions">Indices of the decision columns, in order.</param>
    /// <param name="keep">The rule of each of <paramref name="decisions"/>.</param>
    /// <param name="keepLast">Which row of a full tie.</param>
    /// <param name="exact">True: keys are compared by content, not by hash alone.</param>
    /// <returns>The winners; the caller disposes them.</returns>
    protected async Task<RowBitmap> DecideAsync(int[] keys, int[] decisions, IReadOnlyList<KeepRule> keep, bool keepLast, bool exact)
    {
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        bool composite = decisions.Length > 1 || (decisions.Length == 1 && !SortKey.IsFixed(Columns.Columns[decisions[0]].Type));
        using var deciding = new KeyedWinners(
            Run.Budget,
            Run.Options.TempDirectory,
            Run.Options.Threads,
            keepLast,
            [.. keep.Select(k => !k.Descending)],
            composite,
            RowContent.IsNeeded(exact)
        );
        NullKeys = 0;
        PassSegment segment = Segment(
            0,
            Columns,
            c => keys.Contains(c) || decisions.Contains(c),
            prepare: batch => RowHashes.HashKeys(batch, keys),
            accept: batch =>
            {
                Column[] keyColumns = RowHashes.Pick(batch, keys);
                NullKeys += CountNulls(keyColumns, batch.RowCount);
                deciding.Add(batch.KeyHashes.AsSpan(0, batch.RowCount), keyColumns, RowHashes.Pick(batch, decisions), batch.FirstRow);
            }
        );
        var spec = new PassSpec
        {
            Phase = "finding duplicates",
            Segments = [segment],
            CountsRows = true,
        };
        await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        LetGoOfBatches(segment.NextRow);
        RowBitmap winners = deciding.Finish(segment.NextRow);
        Run.Report.SpilledBytes += deciding.SpilledBytes;
        return winners;
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
