using System.Diagnostics;
using StreamEtl.Batches;
using StreamEtl.Dedupe;
using StreamEtl.Diff;
using StreamEtl.Encoding;
using StreamEtl.Parquet.Writing;
using StreamEtl.Pipeline;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Perf.Scopes;

/// <summary>A job as the verbs are: the engine's own stages in its own graph, as many of them as the scope says.</summary>
internal sealed class ScopeJob(RunContext run, ConvertOptions options, Scope scope) : Job(run)
{
    private const int ReadBytes = 1 << 20;
    private long _started;

    /// <summary>Time that the scope took; opening and sampling count in the whole only.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Time of all processors meanwhile.</summary>
    public TimeSpan Processor { get; private set; }

    public override async Task ExecuteAsync()
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        _started = Stopwatch.GetTimestamp();
        await OpenAsync(infer: true, ("input", options.Inputs));
        await WithTypesAsync(async () =>
        {
            if (scope < Scope.Whole)
            {
                process.Refresh();
                before = process.TotalProcessorTime;
                _started = Stopwatch.GetTimestamp();
            }
            await (scope == Scope.Frame ? FrameAsync() : PassAsync());
        });
        Elapsed = Stopwatch.GetElapsedTime(_started);
        process.Refresh();
        Processor = process.TotalProcessorTime - before;
    }

    private async Task FrameAsync()
    {
        await using IRowSource source = await Sides[0].OpenAsync(Run, 0, Run.CancellationToken);
        while (await source.ReadAsync(ReadBytes, Run.CancellationToken) is { } unit)
        {
            unit.Dispose();
        }
    }

    private async Task PassAsync()
    {
        JobColumns columns = scope == Scope.Parse ? Columns.AsWritten() : Columns;
        int[] all = [.. Enumerable.Range(0, columns.Columns.Count)];
        int[] keys = [0];
        using var seen = new DistinctRows(Run.Budget, Sides[0].EstimatedRows);
        using var diff = new SnapshotDiff(
            Run.Budget,
            options.TempDirectory,
            new SnapshotDiffOptions(options.Threads, false, false, true, false, false)
        );
        PassSegment segment = Segment(
            0,
            columns,
            _ => true,
            prepare: scope < Scope.Hash
                ? null
                : batch =>
                {
                    RowHashes.HashKeys(batch, keys);
                    RowHashes.HashRows(batch, all);
                },
            accept: scope < Scope.Dedupe
                ? null
                : batch =>
                {
                    Dedupe(batch, seen);
                    if (scope >= Scope.Diff)
                    {
                        Compare(batch, diff, keys, all);
                    }
                }
        );
        await RunAsync(segment, columns.Fields());
        if (scope >= Scope.Diff)
        {
            diff.Finish(oldRows: 0, segment.NextRow).Dispose();
        }
    }

    private async Task RunAsync(PassSegment segment, IReadOnlyList<Field> fields)
    {
        if (scope == Scope.Whole)
        {
            await using OutputTarget output = await OutputTarget.OpenAsync(Run, fields, mayRestart: true);
            PassResult result = await PipelineGraph.RunAsync(Run, Spec(segment, output.Encoder, output.Stream));
            await CommitAsync(output, result, fields);
            return;
        }
        bool encodes = scope == Scope.Encode;
        await PipelineGraph.RunAsync(
            Run,
            Spec(segment, encodes ? new ParquetEncoder(fields, new ParquetWriteOptions(), Run.Pool) : null, encodes ? Stream.Null : null)
        );
    }

    private static PassSpec Spec(PassSegment segment, IBatchEncoder? encoder, Stream? output) =>
        new()
        {
            Phase = "measuring",
            Segments = [segment],
            Encoder = encoder,
            Output = output,
            CountsRows = true,
        };

    private static void Dedupe(RowBatch batch, DistinctRows seen)
    {
        int[] rows = batch.Lease.Rent<int>(batch.RowCount);
        int kept = seen.Filter(batch.RowHashes.AsSpan(0, batch.RowCount), rows);
        if (kept < 0)
        {
            throw new StateFullException();
        }
        batch.Select(rows, kept);
    }

    private static void Compare(RowBatch batch, SnapshotDiff diff, int[] keys, int[] compared) =>
        diff.Add(isNew: true, batch, date: null, RowHashes.Pick(batch, keys), RowHashes.Pick(batch, compared));
}
