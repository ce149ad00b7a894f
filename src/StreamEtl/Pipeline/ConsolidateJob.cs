using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// <c>consolidate</c>: the inputs of all origins, one behind the other in the order in which the user lists them, are one table, of which one row of each key stays.
/// What stays is decided as <c>dedupe --key --keep</c> does, so memory depends on the number of keys only, and the output is in input order.
/// </summary>
internal sealed class ConsolidateJob(RunContext run, ConsolidateOptions options) : KeyedJob(run)
{
    private const string KeyOption = "--key";
    private const string DecideOption = "--decide";

    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        await OpenAsync(options.InferTypes ?? true, ("origins", [.. options.Origins.SelectMany(o => o.Inputs)])).ConfigureAwait(false);
        CheckColumns();
        RowBitmap? winners = null;
        try
        {
            await WithTypesAsync(async () => winners = await DecideAsync().ConfigureAwait(false)).ConfigureAwait(false);
            var origins = new OriginRows(options.Origins, Sides[0]);
            Report(origins, winners!);
            if (options.Output.Length == 0)
            {
                await Run.Rejects.CommitAsync(Run.CancellationToken).ConfigureAwait(false);
                Run.Report.SchemaChanges.AddRange(Columns.Changes());
                return;
            }
            await WithTypesAsync(() => WriteAsync(winners!, origins)).ConfigureAwait(false);
        }
        finally
        {
            winners?.Dispose();
        }
    }

    private Task<RowBitmap> DecideAsync() =>
        DecideAsync(
            Find(options.Key, KeyOption),
            Find(options.Decide.Select(d => d.Column), DecideOption),
            options.Decide,
            keepLast: false,
            options.Exact
        );

    private void Report(OriginRows origins, RowBitmap winners)
    {
        Run.Report.Origins.AddRange(origins.Count(winners));
        Run.Report.DuplicatesRemoved = Run.Report.Origins.Sum(o => o.Rows - o.Winners);
        if (NullKeys > 0)
        {
            Run.Warn(
                $"{NullKeys} row{(NullKeys == 1 ? " has" : "s have")} a NULL in the key ({string.Join(", ", options.Key)}): NULL equals NULL, so of those that agree in the rest of the key one stays"
            );
        }
    }

    private async Task WriteAsync(RowBitmap winners, OriginRows origins)
    {
        JobColumns columns = OutputColumns;
        int[] written = Written(columns);
        IReadOnlyList<Field> all = columns.Fields();
        List<Field> fields = [.. written.Select(c => all[c])];
        if (options.OriginColumn is { } name)
        {
            fields.Add(new Field(name, ColumnType.Text, Nullable: false));
        }
        SampleColumns? sampled = options.Sample is null ? null : SampleColumns.Of(columns, Columns, written);
        options.Sample?.Clear();
        OutputTarget output = await OutputTarget.OpenAsync(Run, fields, mayRestart: true).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            var rows = new JsonRows(sampled is null ? [] : [.. sampled.Fields, .. fields.Skip(written.Length)]);
            PassSegment segment = Segment(
                0,
                sampled?.Read ?? columns,
                c => c >= all.Count || written.Contains(c),
                choose: winners.Select,
                prepare: sampled is null ? null : batch => RowHashes.HashRows(batch, sampled.Indices),
                accept: batch =>
                {
                    Column[] typed = sampled is null ? [] : RowHashes.Pick(batch, sampled.Indices);
                    batch.Columns = RowHashes.Pick(batch, written);
                    if (options.OriginColumn is not null)
                    {
                        origins.Add(batch);
                    }
                    options.Sample?.Add(batch, [.. typed, .. batch.Columns.Skip(written.Length).OfType<Column>()], rows, Run.Pool);
                }
            );
            var spec = new PassSpec
            {
                Phase = "writing",
                Segments = [segment],
                Encoder = output.Encoder,
                Output = output.Stream,
            };
            PassResult result = await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
            await CommitAsync(output, result, fields).ConfigureAwait(false);
            options.Sample?.Complete();
        }
    }

    private int[] Written(JobColumns columns) =>
        [
            .. Enumerable
                .Range(0, columns.Names.Count)
                .Where(c => !options.Unwritten.Contains(columns.Names[c], StringComparer.OrdinalIgnoreCase)),
        ];

    /// <summary>Says what is wrong before anything is decided.</summary>
    private void CheckColumns()
    {
        _ = Find(options.Key, KeyOption);
        _ = Find(options.Decide.Select(d => d.Column), DecideOption);
        if (options.OriginColumn is { } name && Columns.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"--origin-column '{name}': the inputs have a column of that name",
                hint: "give it another name"
            );
        }
        if (Written(Columns).Length == 0)
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                "no column is left to write",
                hint: "the partition's path holds the only one there is"
            );
        }
    }
}
