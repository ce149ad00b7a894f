using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// One side of a job: the inputs that together are one table (the only side of convert and dedupe; OLD or NEW of diff), their columns matched by name,
/// and what has been learnt of their types.
/// </summary>
internal sealed class TableSide(string label, IReadOnlyList<TableInput> inputs) : IAsyncDisposable
{
    /// <summary>A sample of this size decides the types that a pass starts with; several inputs share it.</summary>
    private const int SampleBytes = 2 << 20;
    private const int SmallestSample = 64 << 10;
    private const int MostKeptOpen = 8;

    private readonly List<string> _names = [];
    private readonly List<ColumnType?> _declared = [];
    private readonly List<TypeEvidence?> _evidence = [];
    private readonly List<bool> _text = [];
    private readonly int[][] _ordinals = new int[inputs.Count][];
    private readonly bool[] _empty = new bool[inputs.Count];
    private readonly IRowSource?[] _primed = new IRowSource?[inputs.Count];
    private long? _counted = 0;
    private readonly List<UnitMark>[] _marks = [.. inputs.Select(_ => new List<UnitMark>())];

    /// <summary>What messages call the side.</summary>
    public string Label { get; } = label;

    /// <summary>Which of the job's sides it is: reports list them in this order, whichever is read first.</summary>
    public int Number { get; init; }

    /// <summary>The inputs in order.</summary>
    public IReadOnlyList<TableInput> Inputs { get; } = inputs;

    /// <summary>Names of the table's columns: the first input's, then what later inputs add.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Average bytes of a row in the sample, for estimates; 0 when there was no sample.</summary>
    public double SampleRowBytes { get; private set; }

    /// <summary>About how many rows there are: what the inputs say, or else what the sample lets expect; 0 when nothing is known.</summary>
    public long EstimatedRows => _counted ?? (SampleRowBytes > 0 && TotalBytes is { } bytes ? (long)(bytes / SampleRowBytes) : 0);

    /// <summary>True when every input says how many rows it has before they are read, as Parquet does.</summary>
    public bool KnowsRows => _counted is not null;

    /// <summary>Stored bytes of all inputs, or null when one is a pipe.</summary>
    public long? TotalBytes => Inputs.Aggregate((long?)0, (sum, input) => sum + input.Info.Length);

    /// <summary>A column that got a name of its own because its input names another one so; null when there is none.</summary>
    public string? RenamedColumn { get; private set; }

    /// <summary>The form that the records of every input have (<see cref="IRecordSource.RecordForm"/>); null when there is none that they have in common.</summary>
    public string? RecordForm { get; private set; }

    /// <summary>True when every input is a plain file.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>Opens every input once: columns, and with <paramref name="infer"/> a sample of the types.</summary>
    public async Task PrepareAsync(RunContext run, bool infer)
    {
        for (int i = 0; i < Inputs.Count; i++)
        {
            IRowSource source = await OpenFirstAsync(run, i).ConfigureAwait(false);
            bool keep = false;
            try
            {
                run.WarnOf(source);
                WarnOfDelimiter(run, source);
                MatchColumns(i, source.Columns);
                _counted += source.RowCount;
                var records = source as IRecordSource;
                RecordForm = i == 0 || records?.RecordForm == RecordForm ? records?.RecordForm : null;
                IsPlain &= records is { IsPlainFile: true };
                if (infer && source.Columns.Any(c => c.Type is null))
                {
                    await SampleAsync(i, source, run.CancellationToken).ConfigureAwait(false);
                }
                else
                {
                    // Unread, so the first pass can go on with it; a folder of a thousand files must not stay open, though. A pipe that is read once is not opened twice.
                    keep = i < MostKeptOpen || source.Info.Length is null;
                    _primed[i] = keep ? source : null;
                }
            }
            finally
            {
                if (!keep)
                {
                    await source.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Opens an input for a pass, from its first row.</summary>
    public async ValueTask<IRowSource> OpenAsync(RunContext run, int input, CancellationToken cancellationToken)
    {
        if (_primed[input] is { } primed)
        {
            _primed[input] = null;
            return primed;
        }
        return _empty[input]
            ? new EmptySource(Inputs[input].Info)
            : await Inputs[input].OpenAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the last pass that counts rows has noted of an input's units.</summary>
    public List<UnitMark> Marks(int input) => _marks[input];

    /// <summary>Index of the column in the given input, or -1 when that input lacks it.</summary>
    public int Ordinal(int input, int name) => name < 0 || name >= _ordinals[input].Length ? -1 : _ordinals[input][name];

    /// <summary>The type of a column by what is known so far: declared by its source, or inferred; text when nothing is inferred.</summary>
    public InferredType Resolve(int name)
    {
        InferredType inferred = _evidence[name]?.Resolve() ?? new InferredType(ColumnType.Null, TextPattern.Iso);
        return _declared[name] is { } declared ? inferred with { Type = ColumnTypes.Join(declared, inferred.Type) } : inferred;
    }

    /// <summary>Evidence of a column whose values are text in this side's sources, or null.</summary>
    public TypeEvidence? Evidence(int name) => _evidence[name];

    /// <summary>The declared type, or null.</summary>
    public ColumnType? Declared(int name) => _declared[name];

    /// <summary>True when at least one input holds the column as text that must be interpreted.</summary>
    public bool IsText(int name) => _text[name];

    /// <summary>Forgets the sample's evidence, before the whole input is observed.</summary>
    public void ForgetEvidence()
    {
        for (int i = 0; i < _evidence.Count; i++)
        {
            _evidence[i] = null;
        }
    }

    /// <summary>A plan that collects evidence of every text column of an input, in the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<PlanColumn> ObservePlan(int input, IReadOnlyList<SourceColumn> columns)
    {
        var plan = new PlanColumn[_names.Count];
        for (int n = 0; n < plan.Length; n++)
        {
            int ordinal = Ordinal(input, n);
            bool observe = ordinal >= 0 && columns[ordinal].Type is null;
            plan[n] = new PlanColumn(_names[n], ordinal, ColumnType.Null, observe ? ColumnMode.Observe : ColumnMode.Skip);
        }
        return plan;
    }

    /// <summary>Adds what a batch decoded under <see cref="ObservePlan"/> has shown.</summary>
    public void Learn(RowBatch batch)
    {
        for (int n = 0; n < _names.Count && batch.Evidence is { } evidence; n++)
        {
            if (evidence[n] is { } found)
            {
                (_evidence[n] ??= new TypeEvidence()).Merge(found);
            }
        }
    }

    /// <summary>The inputs that lack a column.</summary>
    public IEnumerable<string> InputsWithout(int name) => Inputs.Where((_, i) => Ordinal(i, name) < 0).Select(input => input.Info.Name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IRowSource? source in _primed)
        {
            if (source is not null)
            {
                await source.DisposeAsync().ConfigureAwait(false);
            }
        }
        foreach (TableInput input in Inputs)
        {
            await input.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>An input of 0 bytes (a real incident: a dump that was empty for one day) is a table without columns and rows; the user is told.</summary>
    private async Task<IRowSource> OpenFirstAsync(RunContext run, int input)
    {
        try
        {
            return await Inputs[input].OpenAsync(run, run.CancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.EmptyInput)
        {
            run.Warn($"{Inputs[input].Info.Name} is empty (0 bytes): it counts as a table without rows");
            _empty[input] = true;
            return new EmptySource(Inputs[input].Info);
        }
    }

    /// <summary>A stated delimiter that the data does not use makes one column of everything, and nothing else would tell.</summary>
    private static void WarnOfDelimiter(RunContext run, IRowSource source)
    {
        if (
            run.Options.Delimiter is { } stated
            && source.Columns is [var only]
            && only.Name.AsSpan().IndexOfAny(",;\t|") is >= 0 and var at
        )
        {
            run.Warn(
                $"{source.Info.Name}: with --delimiter '{stated}' there is one column, '{only.Name}', which holds '{only.Name[at]}': is that the delimiter?"
            );
        }
    }

    private void MatchColumns(int input, IReadOnlyList<SourceColumn> columns)
    {
        var ordinals = new int[_names.Count + columns.Count];
        Array.Fill(ordinals, -1);
        var index = new Dictionary<string, int>(_names.Count);
        for (int n = 0; n < _names.Count; n++)
        {
            index[_names[n]] = n;
        }
        int known = _names.Count;
        for (int c = 0; c < columns.Count; c++)
        {
            if (!index.TryGetValue(columns[c].Name, out int name))
            {
                name = ColumnMatch.IgnoringCase(_names.Take(known), columns[c].Name);
                if (name < 0 || ordinals[name] >= 0)
                {
                    name = _names.Count;
                    _names.Add(columns[c].Name);
                    _declared.Add(null);
                    _evidence.Add(null);
                    _text.Add(false);
                }
            }
            ordinals[name] = c;
            RenamedColumn ??= columns[c].IsRenamed ? columns[c].Name : null;
            _text[name] |= columns[c].Type is null;
            if (columns[c].Type is { } type)
            {
                _declared[name] = _declared[name] is { } before ? ColumnTypes.Join(before, type) : type;
            }
        }
        _ordinals[input] = ordinals[.._names.Count];
    }

    private async Task SampleAsync(int input, IRowSource source, CancellationToken cancellationToken)
    {
        int size = Math.Max(SampleBytes / Inputs.Count, SmallestSample);
        SourceUnit? unit = await source.ReadAsync(size, cancellationToken).ConfigureAwait(false);
        if (unit is null)
        {
            return;
        }
        long bytes = unit.InputBytes;
        try
        {
            using RowBatch batch = source.Decode(unit, ObservePlan(input, source.Columns));
            Learn(batch);
            if (batch.RowCount > 0)
            {
                SampleRowBytes = Math.Max(SampleRowBytes, (double)bytes / batch.RowCount);
            }
        }
        catch
        {
            unit.Dispose();
            throw;
        }
    }
}
