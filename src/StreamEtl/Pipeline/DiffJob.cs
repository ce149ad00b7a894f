using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Errors;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// <c>diff</c>, in up to three passes. The first (<c>DiffJob.Sieve.cs</c>) settles the rows that are equal on both sides, nearly all as a rule. The second compares the others: it hashes keys
/// and rows and decides (bitmaps over row ordinals). The third writes what changed: inserts and updates in NEW's order with NEW's values, then deletes in OLD's order with OLD's values.
/// Rows that are left open are kept while they are few, and their side is not read again.
/// </summary>
internal sealed partial class DiffJob(RunContext run, DiffOptions options) : Job(run)
{
    private const int Old = 0;
    private const int New = 1;

    private readonly KeptRows?[] _kept = new KeptRows?[2];

    /// <summary>The side that the first pass reads first, of which it makes a table.</summary>
    private int _first;

    /// <summary>What the first pass kept of the other side.</summary>
    private KeptRows? _open;
    private int[] _written = [];

    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        if (options.Key.Count == 0)
        {
            throw new StreamEtlException(ErrorKind.Usage, "diff needs a key", hint: "name the key columns with --key a,b");
        }
        AllowsEmpty = true;
        await OpenAsync(options.InferTypes ?? true, ("OLD", [options.Old]), ("NEW", [options.New])).ConfigureAwait(false);
        CheckColumns();
        DiffOutcome? outcome = null;
        try
        {
            await WithTypesAsync(async () => outcome = await CompareAsync().ConfigureAwait(false)).ConfigureAwait(false);
            ReportCounts(outcome!.Counts, "one snapshot", $"'{options.DateField}'", options.OnDuplicateKey);
            await WithTypesAsync(() => WriteAsync(outcome)).ConfigureAwait(false);
        }
        finally
        {
            outcome?.Dispose();
            ReleaseKept();
        }
    }

    private async Task<DiffOutcome> CompareAsync()
    {
        DiffRoles roles = Roles();
        ReleaseKept();
        using SievedRows? sieved = await SieveAsync(roles).ConfigureAwait(false);
        if (sieved is null)
        {
            await Run.Rejects.RestartAsync().ConfigureAwait(false);
        }
        using var diff = new SnapshotDiff(
            Run.Budget,
            options.TempDirectory,
            new SnapshotDiffOptions(
                options.Threads,
                HasDate: roles.Date >= 0,
                TextDate: roles.Date >= 0 && !SortKey.IsFixed(Columns.Columns[roles.Date].Type),
                StrictDate: options.DateFieldStrict,
                KeepFirst: options.OnDuplicateKey == DuplicateKeyRule.First,
                Exact: RowContent.IsNeeded(options.Exact)
            )
        )
        {
            NewIsFirst = sieved is not null && _first == New,
            Equalled = sieved?.Equalled,
        };
        RowBitmap?[] open = _first == Old ? [sieved?.First, sieved?.Second] : [sieved?.Second, sieved?.First];
        PassSegment[] sides = [Compare(Old, diff, roles, open[Old]), Compare(New, diff, roles, open[New])];
        var spec = new PassSpec
        {
            Phase = "comparing",
            Segments = diff.NewIsFirst ? [sides[New], sides[Old]] : sides,
            CountsRows = sieved is null,
        };
        await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        LetGoOfBatches(diff.Remembered);
        DiffOutcome outcome = diff.Finish(open[Old]?.Rows ?? sides[Old].NextRow, open[New]?.Rows ?? sides[New].NextRow);
        outcome.Counts.Unchanged += sieved?.Unchanged ?? 0;
        Run.Report.SpilledBytes += diff.SpilledBytes;
        return outcome;
    }

    /// <summary>
    /// A segment that shows a side's rows to the comparison: all, or those of a bitmap. The latter are few, and are kept for the output.
    /// </summary>
    private PassSegment Compare(int side, SnapshotDiff diff, DiffRoles roles, RowBitmap? rows)
    {
        // What is kept must be what is written: not where the output wants values as they stand in the file.
        bool keeps = rows is not null && ReferenceEquals(OutputColumns, Columns);
        KeptRows? open = side != _first && _open is { IsComplete: true } ? _open : null;
        KeptRows? kept = keeps && open is null ? new KeptRows(Run.Budget, Sides[side].Inputs[0].Info) : null;
        _kept[side] = keeps ? open ?? kept : null;
        if (keeps)
        {
            open?.Stay();
        }
        return Segment(
            side,
            Columns,
            c => roles.Has(c) || (keeps && _written.Contains(c)),
            roles.Keys,
            prepare: batch =>
            {
                RowHashes.HashKeys(batch, roles.Keys);
                RowHashes.HashRows(batch, roles.Compared);
            },
            choose: rows is null || open is not null ? null : rows.Select,
            kept: open,
            accept: batch =>
            {
                diff.Add(
                    side == New,
                    batch,
                    roles.Date < 0 ? null : batch.Columns[roles.Date],
                    RowHashes.Pick(batch, roles.Keys),
                    RowHashes.Pick(batch, roles.Compared)
                );
                kept?.Add(batch);
            }
        );
    }

    private void ReleaseKept()
    {
        _kept[Old]?.Release();
        _kept[New]?.Release();
        _open?.Release();
        _open = null;
    }

    private async Task WriteAsync(DiffOutcome outcome)
    {
        var cdc = new CdcColumns(Run.Report.StartedAt);
        JobColumns columns = OutputColumns;
        var watch = KeyWatch.For(outcome.Counts, Columns, Find(options.Key, "--key"));
        IReadOnlyList<Field> all = columns.Fields();
        IReadOnlyList<Field> fields = [.. _written.Select(c => all[c]), .. CdcColumns.Fields];
        OutputTarget output = await OutputTarget.OpenAsync(Run, fields, mayRestart: true).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            var segments = new List<PassSegment>();
            if (outcome.Counts.Inserts + outcome.Counts.Updates > 0)
            {
                segments.Add(Emit(New, columns, outcome.Inserted, outcome.Updated, batch => cdc.Add(batch, outcome.Inserted), watch));
            }
            if (outcome.Counts.Deletes > 0)
            {
                segments.Add(Emit(Old, columns, outcome.Deleted, null, batch => cdc.Add(batch, null), watch));
            }
            var spec = new PassSpec
            {
                Phase = "writing changes",
                Segments = segments,
                Encoder = output.Encoder,
                Output = output.Stream,
            };
            PassResult result = await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
            watch?.Warn(Run);
            await CommitAsync(output, result, fields).ConfigureAwait(false);
        }
    }

    /// <summary>A segment that passes on the rows of a side whose bit is set in one of two bitmaps, with the two columns that say what happened to them.</summary>
    private PassSegment Emit(int side, JobColumns columns, RowBitmap one, RowBitmap? other, Action<RowBatch> mark, KeyWatch? watch)
    {
        int[] keys = Find(options.Key, "--key");
        KeptRows? kept = _kept[side] is { IsComplete: true } complete ? complete : null;
        return Segment(
            side,
            columns,
            _written.Contains,
            keys,
            choose: kept is not null ? null : (firstRow, count, positions) => one.Select(other, firstRow, count, positions),
            kept: kept,
            accept: batch =>
            {
                if (kept is not null)
                {
                    ChosenRows.Select(batch, one, other);
                }
                if (side == New)
                {
                    watch?.AddInserted(batch, keys, one);
                }
                else
                {
                    watch?.AddDeleted(batch, keys);
                }
                batch.Columns = RowHashes.Pick(batch, _written);
                if (batch.SelectedCount > 0)
                {
                    mark(batch);
                }
            }
        );
    }

    /// <summary>Columns whose difference is a change are all but the key, or those that the user names, without those to be ignored.</summary>
    private DiffRoles Roles()
    {
        int[] keys = Find(options.Key, "--key");
        int[] ignored = Find(options.Ignore, "--ignore");
        IEnumerable<int> wanted = options.Compare is { } compare
            ? Find(compare, "--compare")
            : Enumerable.Range(0, Columns.Columns.Count).Except(keys);
        int date = options.DateField is { } name ? Columns.Find(name, "--date-field") : -1;
        return new DiffRoles(keys, [.. wanted.Except(ignored)], date);
    }

    /// <summary>Keys must be on both sides; names must be unique on each, or matching by name means nothing. An ignored column that one side lacks is left out.</summary>
    private void CheckColumns()
    {
        foreach (int key in Find(options.Key, "--key"))
        {
            for (int side = Old; side <= New; side++)
            {
                if (Columns.Columns[key].SideNames[side] < 0 && Sides[side].Names.Count > 0)
                {
                    _ = ColumnMatch.Find(Sides[side].Names, Columns.Names[key], "--key", Sides[side].Inputs[0].Info.Name);
                }
            }
        }
        foreach (TableSide side in Sides)
        {
            if (side.RenamedColumn is { } renamed)
            {
                throw new StreamEtlException(
                    ErrorKind.Header,
                    $"{side.Inputs[0].Info.Name}: the header names a column more than once ('{renamed}' had to be renamed), so columns cannot be matched by name",
                    hint: "give the columns different names"
                );
            }
        }
        int[] ignored = Find(options.Ignore, "--ignore");
        _written =
        [
            .. Enumerable
                .Range(0, Columns.Columns.Count)
                .Where(c => !(ignored.Contains(c) && Columns.Columns[c].SideNames.Any(n => n < 0))),
        ];
    }
}
