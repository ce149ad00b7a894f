using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>What <c>diff</c> must answer, from plain dictionaries over values.</summary>
internal sealed class DiffModel
{
    private readonly int[] _keys;
    private readonly int[] _compared;
    private readonly int? _date;
    private readonly DuplicateKeyRule _rule;

    public DiffModel(ModelTable old, ModelTable now, int[] keys, int[] compared, int? date, bool strict, DuplicateKeyRule rule)
    {
        (_keys, _compared, _date, _rule) = (keys, compared, date, rule);
        Dictionary<ModelKey, int> before = Held(old);
        Dictionary<ModelKey, int> after = Held(now);
        foreach ((ModelKey key, int row) in after)
        {
            if (!before.TryGetValue(key, out int was))
            {
                Inserted.Add(row);
                continue;
            }
            bool differs = !Pick(old, was, compared).Equals(Pick(now, row, compared));
            bool newer = date is { } d && ModelValues.Compare(now.Rows[row][d], old.Rows[was][d]) > 0;
            if (date is null ? differs : newer || (differs && !strict))
            {
                Updated.Add(row);
            }
            else
            {
                ChangedWithoutDate += differs ? 1 : 0;
                Unchanged += differs ? 0 : 1;
            }
        }
        Deleted.UnionWith(before.Where(p => !after.ContainsKey(p.Key)).Select(p => p.Value));
    }

    public SortedSet<int> Inserted { get; } = [];

    public SortedSet<int> Updated { get; } = [];

    public SortedSet<int> Deleted { get; } = [];

    public long Unchanged { get; private set; }

    public long ChangedWithoutDate { get; private set; }

    public long ConflictingKeys { get; private set; }

    public long Rejected { get; private set; }

    private Dictionary<ModelKey, int> Held(ModelTable table)
    {
        var held = new Dictionary<ModelKey, int>();
        var conflicts = new HashSet<ModelKey>();
        for (int row = 0; row < table.Rows.Length; row++)
        {
            if (_keys.Any(k => table.Rows[row][k] is null))
            {
                Rejected++;
                continue;
            }
            ModelKey key = Pick(table, row, _keys);
            if (!held.TryGetValue(key, out int other))
            {
                held[key] = row;
                continue;
            }
            int[] telling = _date is { } d ? [.. _compared, d] : _compared;
            if (!Pick(table, row, telling).Equals(Pick(table, other, telling)))
            {
                conflicts.Add(key);
            }
            if (_rule != DuplicateKeyRule.First)
            {
                held[key] = row;
            }
        }
        ConflictingKeys += conflicts.Count;
        return held;
    }

    private static ModelKey Pick(ModelTable table, int row, int[] columns) => new(columns.Select(c => table.Rows[row][c]));
}
