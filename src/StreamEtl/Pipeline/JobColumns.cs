using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>The columns of a job over all its sides, matched by name, under the types known so far. Made anew after the types have been observed.</summary>
internal sealed class JobColumns
{
    private readonly TableSide[] _sides;
    private readonly JobColumn[] _columns;
    private readonly string[] _names;

    private JobColumns(TableSide[] sides, JobColumn[] columns)
    {
        _sides = sides;
        _columns = columns;
        _names = [.. columns.Select(c => c.Name)];
    }

    /// <summary>The columns: those of the last side (the newest) in its order, then what only earlier sides have.</summary>
    public IReadOnlyList<JobColumn> Columns => _columns;

    /// <summary>Names of <see cref="Columns"/>.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Matches the sides' columns and decides each type.</summary>
    public static JobColumns Build(JobOptions options, bool infer, params TableSide[] sides)
    {
        var matched = new List<string>();
        var places = new List<int[]>();
        for (int s = sides.Length - 1; s >= 0; s--)
        {
            string[] before = [.. matched];
            var exact = new Dictionary<string, int>(before.Length);
            for (int i = 0; i < before.Length; i++)
            {
                exact.Add(before[i], i);
            }
            for (int n = 0; n < sides[s].Names.Count; n++)
            {
                string name = sides[s].Names[n];
                if (!exact.TryGetValue(name, out int index))
                {
                    index = ColumnMatch.IgnoringCase(before, name);
                    // A namesake but for case is the same column only if this side does not have that column as well.
                    if (index >= 0 && sides[s].Names.Contains(before[index]))
                    {
                        index = -1;
                    }
                }
                if (index < 0)
                {
                    index = matched.Count;
                    int[] absent = new int[sides.Length];
                    Array.Fill(absent, -1);
                    matched.Add(name);
                    places.Add(absent);
                }
                places[index][s] = n;
            }
        }
        var columns = new JobColumn[matched.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = Resolve(options, infer, sides, matched[i], places[i]);
        }
        return new JobColumns(sides, columns);
    }

    /// <summary>
    /// The same columns with values as they were written, for a delimited output: only what every side holds as text and no schema declares can be that.
    /// </summary>
    public JobColumns AsWritten() =>
        new(
            _sides,
            [
                .. _columns.Select(c =>
                    !c.Contract && _sides.Select((side, s) => c.SideNames[s] < 0 || side.IsText(c.SideNames[s])).All(isText => isText)
                        ? c with
                        {
                            Type = ColumnType.Text,
                            Patterns = new TextPattern[_sides.Length],
                        }
                        : c
                ),
            ]
        );

    /// <summary>These columns, and behind them some of <paramref name="others"/>, made of the same sides: one pass reads both.</summary>
    public JobColumns And(JobColumns others, IEnumerable<int> indices) =>
        new(_sides, [.. _columns, .. indices.Select(c => others._columns[c])]);

    /// <summary>Index of a column that the user named.</summary>
    public int Find(string name, string option) =>
        ColumnMatch.Find(_names, name, option, string.Join(" or ", _sides.SelectMany(s => s.Inputs).Take(2).Select(i => i.Info.Name)));

    /// <summary>What a pass reads of one input: one plan column for each job column.</summary>
    public IReadOnlyList<PlanColumn> Plan(int side, int input, Func<int, ColumnMode> mode, IReadOnlyList<int>? keys = null)
    {
        var plan = new PlanColumn[_columns.Length];
        for (int c = 0; c < plan.Length; c++)
        {
            JobColumn column = _columns[c];
            ColumnMode wanted = mode(c);
            if (wanted == ColumnMode.Convert && column.Contract)
            {
                wanted = ColumnMode.Contract;
            }
            ErrorKind? nullError =
                keys?.Contains(c) == true ? ErrorKind.NullKey
                : column.NotNull && wanted == ColumnMode.Contract ? ErrorKind.InvalidValue
                : null;
            int ordinal = _sides[side].Ordinal(input, column.SideNames[side]);
            plan[c] = new PlanColumn(column.Name, ordinal, column.Type, wanted, column.Patterns[side], nullError);
        }
        return plan;
    }

    /// <summary>The output's fields; a column without any value is written as text.</summary>
    public IReadOnlyList<Field> Fields() =>
        [.. _columns.Select(c => new Field(c.Name, c.Type.Kind == ColumnKind.Null ? ColumnType.Text : c.Type, !c.NotNull))];

    /// <summary>Differences between the columns of the sides, or of the inputs of the one side.</summary>
    public IEnumerable<SchemaChange> Changes()
    {
        if (_sides.Length == 1)
        {
            return from c in _columns
                from file in _sides[0].InputsWithout(c.SideNames[0])
                select new SchemaChange(c.Name, $"missing in {file}");
        }
        return _columns.SelectMany(Changes);
    }

    private IEnumerable<SchemaChange> Changes(JobColumn column)
    {
        int older = column.SideNames[0];
        int newer = column.SideNames[1];
        if (older < 0 || newer < 0)
        {
            yield return new SchemaChange(column.Name, older < 0 ? "added" : "dropped");
            yield break;
        }
        if (_sides[0].Names[older] != _sides[1].Names[newer])
        {
            yield return new SchemaChange(column.Name, $"renamed from '{_sides[0].Names[older]}' (case only)");
        }
        ColumnType before = _sides[0].Resolve(older).Type;
        ColumnType after = _sides[1].Resolve(newer).Type;
        if (before != after && before.Kind != ColumnKind.Null && after.Kind != ColumnKind.Null)
        {
            yield return new SchemaChange(column.Name, $"{before} -> {after}");
        }
    }

    private static JobColumn Resolve(JobOptions options, bool infer, TableSide[] sides, string name, int[] sideNames)
    {
        var patterns = new TextPattern[sides.Length];
        ColumnType joined = ColumnType.Null;
        TypeEvidence? together = null;
        ColumnType declared = ColumnType.Null;
        bool text = false;
        for (int s = 0; s < sides.Length; s++)
        {
            if (sideNames[s] < 0)
            {
                continue;
            }
            InferredType resolved = sides[s].Resolve(sideNames[s]);
            patterns[s] = resolved.Pattern;
            joined = ColumnTypes.Join(joined, resolved.Type);
            text |= sides[s].IsText(sideNames[s]);
            declared = ColumnTypes.Join(declared, sides[s].Declared(sideNames[s]) ?? ColumnType.Null);
            if (sides[s].Evidence(sideNames[s]) is { } evidence)
            {
                (together ??= new TypeEvidence()).Merge(evidence);
            }
        }
        if (FindContract(options, name) is { } field)
        {
            if (options.DateFormat is not null)
            {
                Array.Fill(patterns, TextPattern.Custom);
            }
            return new JobColumn(name, field.Type, true, !field.Nullable, sideNames, patterns);
        }
        if (!infer && text)
        {
            return new JobColumn(name, ColumnType.Text, false, false, sideNames, patterns);
        }
        // Evidence of all sides together knows how many digits there really are; a join of types must assume the most.
        if (together is not null && ColumnTypes.IsNumber(joined.Kind))
        {
            if (declared.Kind != ColumnKind.Null)
            {
                together.Include(declared);
            }
            joined = together.Resolve().Type;
        }
        return new JobColumn(name, joined, false, false, sideNames, patterns);
    }

    private static Field? FindContract(JobOptions options, string name) =>
        options.Schema?.FirstOrDefault(f => f.Name == name)
        ?? options.Schema?.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase));
}
