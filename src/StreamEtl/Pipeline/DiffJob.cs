using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Errors;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// <c>diff</c>: a first pass over OLD and NEW hashes keys and rows and decides (bitmaps over row ordinals); a second writes what changed: inserts and
/// updates in NEW's order with NEW's values, then deletes in OLD's order with OLD's values. Where OLD's hashes are in memory, the first pass keeps the few rows of NEW
/// that are not settled at once, and NEW is not read again.
/// </summary>
internal sealed class DiffJob(RunContext run, DiffOptions options) : Job(run)
{
    private const int Old = 0;
    private const int New = 1;

    private int[] _written = [];
    private KeptRows? _kept;

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
            _kept?.Release();
        }
    }

    private async Task<DiffOutcome> CompareAsync()
    {
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        int[] keys = Find(options.Key, "--key");
        int[] compared = Compared(keys);
        int date = options.DateField is { } name ? Columns.Find(name, "--date-field") : -1;
        bool textDate = date >= 0 && !SortKey.IsFixed(Columns.Columns[date].Type);
        using var diff = new SnapshotDiff(
            Run.Budget,
            options.TempDirectory,
            new SnapshotDiffOptions(
                options.Threads,
                HasDate: date >= 0,
                TextDate: textDate,
                StrictDate: options.DateFieldStrict,
                KeepFirst: options.OnDuplicateKey == DuplicateKeyRule.First,
                Exact: RowContent.IsNeeded(options.Exact)
            )
        );
        _kept?.Release();
        // What is kept must be what is written: not where the output wants values as they stand in the file.
        _kept = ReferenceEquals(OutputColumns, Columns) ? new KeptRows(Run.Budget, Sides[New].Inputs[0].Info) : null;
        PassSegment[] sides = [Compare(Old, diff, keys, compared, date), Compare(New, diff, keys, compared, date)];
        var spec = new PassSpec
        {
            Phase = "comparing",
            Segments = sides,
            CountsRows = true,
        };
        await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        // Deciding needs memory of its own, and no batch is in flight now.
        Run.Pool.Trim();
        DiffOutcome outcome = diff.Finish(sides[Old].NextRow, sides[New].NextRow);
        Run.Report.SpilledBytes += diff.SpilledBytes;
        return outcome;
    }

    private PassSegment Compare(int side, SnapshotDiff diff, int[] keys, int[] compared, int date) =>
        Segment(
            side,
            Columns,
            c => keys.Contains(c) || compared.Contains(c) || c == date || (_kept is not null && _written.Contains(c)),
            keys,
            prepare: batch =>
            {
                RowHashes.HashKeys(batch, keys);
                RowHashes.HashRows(batch, compared);
            },
            accept: batch =>
            {
                if (side == New && batch.FirstRow == 0)
                {
                    // Arrays of the sizes that OLD's format needs: beside what NEW needs they would only wait.
                    Run.Pool.GiveBack();
                }
                int[] open = batch.Lease.Rent<int>(batch.RowCount);
                int count = diff.Add(
                    side == New,
                    batch.KeyHashes.AsSpan(0, batch.RowCount),
                    batch.RowHashes.AsSpan(0, batch.RowCount),
                    date < 0 ? null : batch.Columns[date],
                    RowHashes.Pick(batch, keys),
                    RowHashes.Pick(batch, compared),
                    batch.FirstRow,
                    open
                );
                if (side == New)
                {
                    Keep(batch, open, count);
                }
            }
        );

    private void Keep(RowBatch batch, int[] open, int count)
    {
        if (count < 0)
        {
            _kept?.GiveUp();
            return;
        }
        batch.Select(open, count);
        _kept?.Add(batch);
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
        KeptRows? kept = side == New && _kept is { IsComplete: true } ? _kept : null;
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

    /// <summary>Columns whose difference is a change: all but the key, or those that the user names, without those to be ignored.</summary>
    private int[] Compared(int[] keys)
    {
        int[] ignored = Find(options.Ignore, "--ignore");
        IEnumerable<int> wanted = options.Compare is { } compare
            ? Find(compare, "--compare")
            : Enumerable.Range(0, Columns.Columns.Count).Except(keys);
        return [.. wanted.Except(ignored)];
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
