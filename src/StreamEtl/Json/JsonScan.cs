using System.Text.Json;
using StreamEtl.Batches;
using StreamEtl.Sources;

namespace StreamEtl.Json;

/// <summary>
/// What one thread has learnt of an input's columns from some of its units. Evidence of types does not care which unit it comes from; of names it is remembered in which unit they came first,
/// so that all threads together know the order in which they first occur in the input.
/// </summary>
internal sealed class JsonScan
{
    private readonly JsonNames _names = new();
    private readonly List<JsonColumnEvidence> _evidence = [];
    private readonly List<int> _firstUnits = [];
    private readonly JsonRowReader _reader = new();

    /// <summary>Learns from a unit; units come in the order of their numbers.</summary>
    public void Add(JsonUnit unit, int number)
    {
        var scan = new Visitor(this, number);
        foreach (JsonRecord record in unit.Records.Span)
        {
            // A malformed record is judged when rows are read, where the policy on such rows holds.
            _ = _reader.Read(unit.Bytes, record, ref scan);
        }
        foreach (JsonColumnEvidence evidence in _evidence)
        {
            evidence.Observe(unit.Bytes);
        }
    }

    /// <summary>The columns that several scans have found together.</summary>
    public static List<SourceColumn> Columns(IEnumerable<JsonScan> scans)
    {
        var merged = new Dictionary<string, JsonColumnEvidence>();
        var order = new List<string>();
        foreach (
            (_, _, string name, JsonColumnEvidence evidence) in scans.SelectMany(s => s.Found()).OrderBy(f => f.Unit).ThenBy(f => f.Ordinal)
        )
        {
            if (merged.TryAdd(name, evidence))
            {
                order.Add(name);
            }
            else
            {
                merged[name].Merge(evidence);
            }
        }
        return [.. order.Select(name => new SourceColumn(name, merged[name].Resolve()))];
    }

    private IEnumerable<(int Unit, int Ordinal, string Name, JsonColumnEvidence Evidence)> Found() =>
        _names.Texts.Select((name, i) => (_firstUnits[i], i, name, _evidence[i]));

    private struct Visitor(JsonScan scan, int unit) : IJsonVisitor
    {
        private int _last;

        public void Visit(ReadOnlySpan<byte> name, JsonTokenType kind, int start, int length)
        {
            _last = scan._names.FindOrAdd(name, _last + 1);
            if (_last == scan._evidence.Count)
            {
                scan._evidence.Add(new JsonColumnEvidence());
                scan._firstUnits.Add(unit);
            }
            scan._evidence[_last].Add(kind, new TextView(start, length));
        }
    }
}
