using StreamEtl.Batches;
using StreamEtl.Sources;

namespace StreamEtl.Parsing;

/// <summary>The malformed records of a frame that have fields where the key's are, and what can be read of their keys.</summary>
internal sealed class HeldRecords
{
    private readonly List<(int Field, int Start)> _records = [];
    private readonly int[] _keys;
    private readonly int _last;

    private HeldRecords(int[] keys, int last)
    {
        _keys = keys;
        _last = last;
    }

    /// <summary>Plan columns of the key.</summary>
    public ReadOnlySpan<int> Keys => _keys;

    /// <summary>Collects nothing yet; null when the plan reads no key, or the input does not have all of it.</summary>
    public static HeldRecords? For(IReadOnlyList<PlanColumn> plan)
    {
        if (!plan.Any(c => c.IsKey))
        {
            return null;
        }
        int[] keys = [.. Enumerable.Range(0, plan.Count).Where(c => plan[c].IsKey)];
        return Array.TrueForAll(keys, c => plan[c].SourceOrdinal >= 0) ? new HeldRecords(keys, keys.Max(c => plan[c].SourceOrdinal)) : null;
    }

    /// <summary>Takes a malformed record. <paramref name="fault"/>: the position from which on its fields mean nothing.</summary>
    public void Add(FieldIndex index, int first, int start, int fields, int fault = int.MaxValue)
    {
        if (fields > _last && index.Ends[first + _last] <= fault)
        {
            _records.Add((first, start));
        }
    }

    /// <summary>The records as rows; null when there are none.</summary>
    public CsvRows? ToRows(CsvUnit unit)
    {
        if (_records.Count == 0)
        {
            return null;
        }
        var rows = new CsvRows(unit, (long)_records.Count);
        foreach ((int field, int start) in _records)
        {
            rows.Add(field, start);
        }
        return rows;
    }

    /// <summary>Copies the keys of rows whose bit is set, unless it is in <paramref name="unreadable"/> too or a part of the key is NULL.</summary>
    public HeldKeys? Pick(CsvUnit unit, Column?[] columns, int count, ulong[]? wanted, ulong[]? unreadable) =>
        HeldKeys.Pick(columns, _keys, count, wanted, unreadable, unit.Lease);
}
