using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Errors;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// <c>diff</c>: a pass over OLD and NEW hashes keys and rows and decides (bitmaps over row ordinals); another writes what changed: inserts and
/// updates in NEW's order with NEW's values, then deletes in OLD's order with OLD's values. Where a pass before them has found the rows that are the same byte for byte
/// (<c>DiffJob.Sieve.cs</c>), the two look at the others only. Rows that may be changes, and are few, are kept while comparing, and their side is not read again.
/// </summary>
internal sealed partial class DiffJob(RunContext run, DiffOptions options) : Job(run)
{
    private const int Old = 0;
    private const int New = 1;

    private readonly KeptRows?[] _kept = new KeptRows?[2];

    /// <summary>What <see cref="SieveAsync"/> kept of NEW.</summary>
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
        int[] keys = Find(options.Key, "--key");
        ReleaseKept();
        using SievedRows? sieved = await SieveAsync(keys).ConfigureAwait(false);
        if (sieved is null)
        {
            await Run.Rejects.RestartAsync().ConfigureAwait(false);
        }
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
        )
        {
            Equalled = sieved?.Equalled,
        };
        // What is kept must be what is written: not where the output wants values as they stand in the file.
        if (ReferenceEquals(OutputColumns, Columns))
        {
            _kept[Old] = sieved is null ? null : new KeptRows(Run.Budget, Sides[Old].Inputs[0].Info);
            _kept[New] = new KeptRows(Run.Budget, Sides[New].Inputs[0].Info);
        }
        PassSegment[] sides =
        [
            Compare(Old, diff, keys, compared, date, sieved?.Old, null),
            Compare(New, diff, keys, compared, date, sieved?.New, _open is { IsComplete: true } ? _open : null),
        ];
        var spec = new PassSpec
        {
            Phase = "comparing",
            Segments = sides,
            CountsRows = sieved is null,
        };
        await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        // Deciding needs memory of its own, and no batch is in flight now.
        Run.Pool.Trim();
        DiffOutcome outcome = diff.Finish(sieved?.Old.Rows ?? sides[Old].NextRow, sieved?.New.Rows ?? sides[New].NextRow);
        outcome.Counts.Unchanged += sieved?.Unchanged ?? 0;
        Run.Report.SpilledBytes += diff.SpilledBytes;
        return outcome;
    }

    /// <summary>A segment that shows a side's rows to the comparison: all, or those of a bitmap, which may have been kept.</summary>
    private PassSegment Compare(int side, SnapshotDiff diff, int[] keys, int[] compared, int date, RowBitmap? rows, KeptRows? kept) =>
        Segment(
            side,
            Columns,
            c => IsCompared(c, keys, compared, date) || (_kept[side] is not null && _written.Contains(c)),
            keys,
            prepare: batch =>
            {
                RowHashes.HashKeys(batch, keys);
                RowHashes.HashRows(batch, compared);
            },
            choose: rows is null || kept is not null ? null : rows.Select,
            kept: kept,
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
                    batch,
                    date < 0 ? null : batch.Columns[date],
                    RowHashes.Pick(batch, keys),
                    RowHashes.Pick(batch, compared),
                    open
                );
                if (count >= 0)
                {
                    batch.Select(open, count);
                    _kept[side]?.Add(batch);
                }
                else if (rows is not null)
                {
                    _kept[side]?.Add(batch);
                }
                else
                {
                    _kept[side]?.GiveUp();
                }
            }
        );

    private static bool IsCompared(int column, int[] keys, int[] compared, int date) =>
        keys.Contains(column) || compared.Contains(column) || column == date;

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
