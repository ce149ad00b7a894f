using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Hashing;

namespace StreamEtl.Pipeline;

/// <summary>
/// <c>dedupe</c>. Whole rows, first kept, is one pass while the table of hashes fits: a row's fate is known when it is seen. Everything else is two:
/// the first decides which rows live (a bitmap over row ordinals), the second writes them. Either way the output is in input order.
/// </summary>
internal sealed class DedupeJob(RunContext run, DedupeOptions options) : KeyedJob(run)
{
    /// <summary>A table of hashes that would take more of the budget than this is not even tried.</summary>
    private const double TableShare = 0.5;

    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        await OpenAsync(options.InferTypes ?? true, ("input", options.Inputs)).ConfigureAwait(false);
        _ = Find(options.Key, "--key");
        _ = Find(options.Keep.Select(k => k.Column), "--keep");
        if (FitsOnePass())
        {
            try
            {
                await WithTypesAsync(WriteFirstSeenAsync).ConfigureAwait(false);
                return;
            }
            catch (StateFullException)
            {
                Run.Report.Passes.Add("start again with spilling: the table of hashes outgrew --memory");
            }
        }
        RowBitmap? winners = null;
        try
        {
            await WithTypesAsync(async () => winners = await DecideAsync().ConfigureAwait(false)).ConfigureAwait(false);
            await WithTypesAsync(() => WriteAsync(winners!)).ConfigureAwait(false);
        }
        finally
        {
            winners?.Dispose();
        }
    }

    private bool FitsOnePass()
    {
        bool comparesAsWritten = !Infer || OutputTarget.WantsTypes(options);
        if (options.Key.Count > 0 || options.Keep.Count > 0 || options.KeepLast || RowContent.IsNeeded(options.Exact) || !comparesAsWritten)
        {
            return false;
        }
        return MayFit(DistinctRows.BytesPerRow, TableShare);
    }

    /// <summary>One pass: a row goes on to the output when its hash is seen first.</summary>
    private async Task WriteFirstSeenAsync()
    {
        using var seen = new DistinctRows(Run.Budget, ExpectedRows(DistinctRows.BytesPerRow, TableShare));
        int[] all = [.. Enumerable.Range(0, Columns.Columns.Count)];
        await WriteAsync(
                Columns,
                counts: true,
                prepare: batch => RowHashes.HashRows(batch, all),
                accept: batch =>
                {
                    int[] rows = batch.Lease.Rent<int>(batch.RowCount);
                    int kept = seen.Filter(batch.RowHashes.AsSpan(0, batch.RowCount), rows);
                    if (kept < 0)
                    {
                        throw new StateFullException();
                    }
                    batch.Select(rows, kept);
                }
            )
            .ConfigureAwait(false);
    }

    private Task<RowBitmap> DecideAsync()
    {
        int[] keys = options.Key.Count > 0 ? Find(options.Key, "--key") : [.. Enumerable.Range(0, Columns.Columns.Count)];
        int[] decisions = Find(options.Keep.Select(k => k.Column), "--keep");
        return DecideAsync(keys, decisions, options.Keep, options.KeepLast, options.Exact);
    }

    /// <summary>Second pass of two.</summary>
    private Task WriteAsync(RowBitmap winners) =>
        WriteAsync(OutputColumns, counts: false, prepare: null, accept: null, choose: winners.Select);

    private async Task WriteAsync(
        JobColumns columns,
        bool counts,
        Action<RowBatch>? prepare,
        Action<RowBatch>? accept,
        RowChoice? choose = null
    )
    {
        if (counts)
        {
            await Run.Rejects.RestartAsync().ConfigureAwait(false);
        }
        var fields = columns.Fields();
        OutputTarget output = await OutputTarget.OpenAsync(Run, fields, mayRestart: true).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            var spec = new PassSpec
            {
                Phase = "writing",
                Segments = [Segment(0, columns, _ => true, prepare: prepare, accept: accept, choose: choose)],
                Encoder = output.Encoder,
                Output = output.Stream,
                CountsRows = counts,
            };
            PassResult result = await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
            Run.Report.DuplicatesRemoved = result.RowsDropped;
            await CommitAsync(output, result, fields).ConfigureAwait(false);
        }
    }
}
