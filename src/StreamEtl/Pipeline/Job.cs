using StreamEtl.Batches;
using StreamEtl.Diagnostics;
using StreamEtl.Diff;
using StreamEtl.Errors;
using StreamEtl.Sources;
using StreamEtl.Storage;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>What the verbs have in common: sides, types learnt in as many passes as it takes, one committed output, one report.</summary>
internal abstract class Job(RunContext run) : IAsyncDisposable
{
    /// <summary>Rows whose batches are worth a collection: tens of megabytes.</summary>
    private const int ManyRows = 1 << 20;

    private TableSide[] _sides = [];

    /// <summary>The run.</summary>
    protected RunContext Run { get; } = run;

    /// <summary>The sides of the job, oldest first.</summary>
    protected IReadOnlyList<TableSide> Sides => _sides;

    /// <summary>True when types come from the data.</summary>
    protected bool Infer { get; private set; }

    /// <summary>True when one of two sides may be a file of 0 bytes.</summary>
    protected bool AllowsEmpty { get; set; }

    /// <summary>True when the job reads what it is given once, whatever it finds there, so that a pipe need not be kept. Asked when the sides are opened.</summary>
    protected virtual bool ReadsOnce => false;

    /// <summary>The columns under the types known so far.</summary>
    protected JobColumns Columns { get; private set; } = null!;

    /// <summary>The columns of an output whose rows have been decided already: as they were written where the output is text as well.</summary>
    protected JobColumns OutputColumns => OutputTarget.WantsTypes(Run.Options) ? Columns : Columns.AsWritten();

    /// <summary>Does the work and commits the output.</summary>
    public abstract Task ExecuteAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (TableSide side in _sides)
        {
            await side.DisposeAsync().ConfigureAwait(false);
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the sides and decides the types to start with. A side is a label and the paths of its inputs.</summary>
    protected async Task OpenAsync(bool infer, params (string Label, IReadOnlyList<string> Paths)[] sides)
    {
        await PrepareAsync(infer, sides).ConfigureAwait(false);
        UseSides(_sides);
    }

    /// <summary>Opens the sides; the types are decided by <see cref="UseSides"/>.</summary>
    protected async Task PrepareAsync(bool infer, params (string Label, IReadOnlyList<string> Paths)[] sides)
    {
        Infer = infer;
        var opened = new List<TableSide>();
        foreach ((string label, IReadOnlyList<string> named) in sides)
        {
            IReadOnlyList<string> paths = await Run.Places.ExpandAsync(named).ConfigureAwait(false);
            opened.Add(
                new TableSide(label, [.. paths.Select(p => TableInputs.Create(p, Run.Options, ReadsOnce))]) { Number = opened.Count }
            );
        }
        _sides = [.. opened];
        foreach (TableSide side in _sides)
        {
            await side.PrepareAsync(Run, infer).ConfigureAwait(false);
        }
    }

    /// <summary>Takes sides that have been prepared, in place of those before, and decides the types to start with.</summary>
    protected void UseSides(params TableSide[] sides)
    {
        _sides = sides;
        if (_sides.All(s => s.Names.Count == 0) || (!AllowsEmpty && _sides.Any(s => s.Names.Count == 0)))
        {
            throw new StreamEtlException(
                ErrorKind.EmptyInput,
                $"{_sides[0].Inputs[0].Info.Name} is empty: there is no table in it",
                hint: "a table needs at least a header line"
            );
        }
        RebuildColumns();
        CheckContract();
    }

    /// <summary>
    /// Runs passes that assume the types. When a value contradicts them, everything is observed once, exactly, and the attempt is made again under
    /// types that hold for the whole input: so no late value breaks a run, and no value decides by where it stands.
    /// </summary>
    protected async Task WithTypesAsync(Func<Task> attempt)
    {
        try
        {
            await attempt().ConfigureAwait(false);
        }
        catch (TypesContradictedException)
        {
            Run.Report.Passes.Add("observe types: a value contradicted the types of the sample");
            await ObserveAsync().ConfigureAwait(false);
            await attempt().ConfigureAwait(false);
        }
    }

    /// <summary>Fills what the report says of inputs, schema and columns, and commits rejects and output.</summary>
    protected async Task CommitAsync(OutputTarget output, PassResult result, IReadOnlyList<Field> fields)
    {
        Provenance.Fill(output.Metadata, Run.Report, fields, result.RowsWritten);
        await BeforeCommitAsync().ConfigureAwait(false);
        CrashPoint.Reach("output-before-commit");
        await output.CommitAsync(Run.CancellationToken).ConfigureAwait(false);
        CrashPoint.Reach("output-committed");
        await Run.Rejects.CommitAsync(Run.CancellationToken).ConfigureAwait(false);
        RunReport report = Run.Report;
        report.RowsWritten = result.RowsWritten;
        report.Outputs.Add(new FileReport(Run.Options.Output, result.RowsWritten, output.Length));
        ReportColumns(fields, result.NullCounts, result.RowsWritten);
        report.SchemaChanges.AddRange(Columns.Changes());
    }

    /// <summary>Asks whoever started the run whether its result may become visible.</summary>
    protected async ValueTask BeforeCommitAsync()
    {
        if (Run.Options.BeforeCommit is { } ask)
        {
            await ask(Run.CancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fills the report's schema, and the NULLs of each column of an output of <paramref name="rows"/> rows.</summary>
    protected void ReportColumns(IReadOnlyList<Field> fields, long[] nullCounts, long rows)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            long nulls = i < nullCounts.Length ? nullCounts[i] : 0;
            double percent = rows == 0 ? 0 : Math.Round(100.0 * nulls / rows, 4);
            Run.Report.Schema.Add(fields[i]);
            Run.Report.Columns.Add(new ColumnReport(fields[i].Name, nulls, percent));
        }
    }

    /// <summary>
    /// Fills the report's counts of a comparison, and warns of what a user may not expect; <paramref name="where"/> and <paramref name="date"/> are what messages call the
    /// new side and the date field.
    /// </summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.DuplicateKey"/>, when the rule is to fail and a key has rows that differ.</exception>
    protected void ReportCounts(DiffCounts counts, string where, string date, DuplicateKeyRule rule)
    {
        RunReport report = Run.Report;
        report.Inserts = counts.Inserts;
        report.Updates = counts.Updates;
        report.Deletes = counts.Deletes;
        report.Unchanged = counts.Unchanged;
        report.ChangedWithoutDate = counts.ChangedWithoutDate;
        report.DuplicatesRemoved = counts.Duplicates;
        report.DuplicateKeys = counts.ConflictingKeys;
        if (counts.ConflictingKeys > 0)
        {
            string message =
                $"{counts.ConflictingKeys} key{(counts.ConflictingKeys == 1 ? " has" : "s have")} rows that differ within {where}";
            if (rule == DuplicateKeyRule.Fail)
            {
                throw new StreamEtlException(ErrorKind.DuplicateKey, message, hint: "--on-duplicate-key last|first chooses one of them");
            }
            Run.Warn($"{message}: the {(rule == DuplicateKeyRule.First ? "first" : "last")} one counts");
        }
        if (counts.ChangedWithoutDate > 0)
        {
            Run.Warn(
                $"{counts.ChangedWithoutDate} rows differ without a newer {date} and are left out (--date-field-strict=false makes them updates)"
            );
        }
    }

    /// <summary>
    /// A segment that reads columns of a side. Which rows are malformed, and so are no rows, must be the same in every pass, or ordinals would shift: hence the
    /// same <paramref name="keys"/> in each, and under a schema every column in each.
    /// </summary>
    protected PassSegment Segment(
        int side,
        JobColumns columns,
        Func<int, bool> wanted,
        IReadOnlyList<int>? keys = null,
        Action<RowBatch>? prepare = null,
        Action<RowBatch>? accept = null,
        RowChoice? choose = null,
        KeptRows? kept = null,
        Func<int, bool>? rest = null,
        bool notesPlaces = false
    )
    {
        bool all = Run.Options.Schema is not null;
        return new PassSegment
        {
            Side = _sides[side],
            Plan = (input, _) => columns.Plan(side, input, c => all || wanted(c) ? ColumnMode.Convert : ColumnMode.Skip, keys),
            Prepare = prepare,
            Accept = accept,
            Choose = choose,
            Kept = kept,
            Rest = rest is null ? null : (input, _) => columns.Plan(side, input, c => rest(c) ? ColumnMode.Convert : ColumnMode.Skip),
            NotesPlaces = notesPlaces,
        };
    }

    /// <summary>
    /// Gives back what batches have taken, after a pass that has kept something of <paramref name="rows"/> rows, and before what it found is decided: that needs memory of its own, and no batch is in flight. Few
    /// arrays are made from here on, so that the collector would not come by itself to take away what the pool lets go.
    /// </summary>
    protected void LetGoOfBatches(long rows)
    {
        if (rows > ManyRows)
        {
            Run.Budget.GiveBack();
        }
        else
        {
            Run.Pool.Trim();
        }
    }

    /// <summary>Indices of the columns that the user named in an option.</summary>
    protected int[] Find(IEnumerable<string> names, string option) => [.. names.Select(n => Columns.Find(n, option))];

    /// <summary>
    /// Reads every value of every side once, for the exact types. <paramref name="countsRows"/> says that no other pass will apply the policy on malformed rows.
    /// </summary>
    protected async Task ObserveAsync(bool countsRows = false)
    {
        foreach (TableSide side in _sides)
        {
            side.ForgetEvidence();
        }
        await PipelineGraph
            .RunAsync(
                Run,
                new PassSpec
                {
                    Phase = "reading types",
                    Segments =
                    [
                        .. _sides.Select(side => new PassSegment
                        {
                            Side = side,
                            Plan = side.ObservePlan,
                            Accept = side.Learn,
                        }),
                    ],
                    CountsRows = countsRows,
                }
            )
            .ConfigureAwait(false);
        RebuildColumns();
    }

    private void RebuildColumns() => Columns = JobColumns.Build(Run.Options, Infer, _sides);

    /// <summary>A declared field that no input has is a broken contract unless it may be NULL.</summary>
    private void CheckContract()
    {
        foreach (Field field in Run.Options.Schema ?? [])
        {
            if (!field.Nullable || Columns.Columns.All(c => !c.Contract))
            {
                _ = Columns.Find(field.Name, "--schema");
            }
        }
    }
}
