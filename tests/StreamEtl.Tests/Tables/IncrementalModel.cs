using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Tables;

/// <summary>
/// A table that takes new and changed rows, as a dictionary; and inputs for it, drawn at random: new keys, changed and repeated rows, several rows of a key, days of their own,
/// columns that come and go, a type that widens.
/// </summary>
internal sealed class IncrementalModel(Random random)
{
    private readonly SortedDictionary<int, ModelRow> _rows = [];
    private readonly List<string> _columns = ["a", "b"];
    private readonly string _wider = random.Next(2) == 0 ? "1234.5" : "word";
    private int _added;

    /// <summary>Of the last <see cref="Apply"/>.</summary>
    public int Inserts { get; private set; }

    public int Updates { get; private set; }

    public int Unchanged { get; private set; }

    public int WithoutDate { get; private set; }

    /// <summary>Draws the next input, with the day of each row; 0: the input does not say.</summary>
    public (string Csv, List<InputRow> Rows) Next(int day)
    {
        if (random.Next(8) == 0)
        {
            _columns.Add($"x{_added++}");
        }
        else if (_columns.Count > 2 && random.Next(8) == 0)
        {
            _columns.RemoveAt(2);
        }
        bool ownDays = random.Next(3) == 0;
        var rows = new List<InputRow>();
        for (int i = random.Next(25); i > 0; i--)
        {
            int key = random.Next(60);
            SortedDictionary<string, string> values =
                _rows.TryGetValue(key, out ModelRow? old) && random.Next(3) > 0 ? new(old.Values, StringComparer.Ordinal) : NewRow();
            foreach (string column in values.Keys.Except(_columns).ToArray())
            {
                values.Remove(column);
            }
            if (random.Next(3) == 0)
            {
                values["a"] = $"text {random.Next(6)}";
            }
            if (random.Next(40) == 0)
            {
                values["b"] = _wider;
            }
            int own = ownDays && random.Next(4) > 0 ? day + random.Next(-2, 3) : 0;
            rows.Add(new InputRow(key, values, own));
            if (random.Next(10) == 0)
            {
                rows.Add(rows[random.Next(rows.Count)]);
            }
        }
        string[] columns = [.. _columns.Append("id").Concat(ownDays ? ["partitionDate"] : []).OrderBy(_ => random.Next())];
        var csv = new StringBuilder(string.Join(',', columns)).Append('\n');
        foreach (InputRow row in rows)
        {
            csv.AppendJoin(',', columns.Select(c => row.Text(c))).Append('\n');
        }
        return (csv.ToString(), rows);
    }

    /// <summary>What ingesting an input makes of the table, row by row of each key, then key by key.</summary>
    public void Apply(string csv, List<InputRow> input, int day, int run, bool strict = true, DuplicateKeyRule rule = DuplicateKeyRule.Last)
    {
        (Inserts, Updates, Unchanged, WithoutDate) = (0, 0, 0, 0);
        string version = Version(csv);
        var latest = new Dictionary<int, InputRow>();
        foreach (InputRow row in input.Select(r => r.Day == 0 ? r with { Day = day } : r))
        {
            bool isLater =
                !latest.TryGetValue(row.Key, out InputRow? current)
                || (
                    !Same(current.Values, row.Values)
                    && (row.Day > current.Day || (row.Day == current.Day && rule == DuplicateKeyRule.Last))
                );
            latest[row.Key] = isLater ? row : current!;
        }
        foreach (InputRow row in latest.Values)
        {
            bool known = _rows.TryGetValue(row.Key, out ModelRow? old);
            bool differs = known && !Same(old!.Values, row.Values);
            bool changes = differs && (row.Day > old!.Day || !strict);
            Inserts += known ? 0 : 1;
            Updates += changes ? 1 : 0;
            Unchanged += known && !differs ? 1 : 0;
            WithoutDate += differs && !changes ? 1 : 0;
            if (!known || changes)
            {
                _rows[row.Key] = new ModelRow(row.Values, row.Day, version, run);
            }
        }
    }

    /// <summary>The rows as <see cref="TableReadBack"/> tells them, but for their <c>ingestDate</c>.</summary>
    public Dictionary<string, string> Rows() =>
        _rows.ToDictionary(r => r.Key.ToString(CultureInfo.InvariantCulture), r => r.Value.Text(r.Key), StringComparer.Ordinal);

    /// <summary>The run that brought each row.</summary>
    public Dictionary<string, int> Runs() =>
        _rows.ToDictionary(r => r.Key.ToString(CultureInfo.InvariantCulture), r => r.Value.Run, StringComparer.Ordinal);

    /// <summary>The MD5 of the input's bytes.</summary>
#pragma warning disable CA5351 // it guards nothing
    public static string Version(string csv) => Convert.ToHexStringLower(MD5.HashData(System.Text.Encoding.UTF8.GetBytes(csv)));
#pragma warning restore CA5351

    private static bool Same(SortedDictionary<string, string> one, SortedDictionary<string, string> other) => one.SequenceEqual(other);

    private SortedDictionary<string, string> NewRow() =>
        new(
            _columns
                .Where(_ => random.Next(8) > 0)
                .ToDictionary(c => c, c => c == "a" ? $"text {random.Next(6)}" : random.Next(20).ToString(CultureInfo.InvariantCulture)),
            StringComparer.Ordinal
        );

    /// <summary>A row of an input.</summary>
    internal sealed record InputRow(int Key, SortedDictionary<string, string> Values, int Day)
    {
        public string Text(string column) =>
            column switch
            {
                "id" => Key.ToString(CultureInfo.InvariantCulture),
                "partitionDate" => Day == 0 ? "" : Day.ToString(CultureInfo.InvariantCulture),
                _ => Values.GetValueOrDefault(column, ""),
            };
    }

    /// <summary>A row of the table.</summary>
    private sealed record ModelRow(SortedDictionary<string, string> Values, int Day, string Version, int Run)
    {
        public string Text(int key)
        {
            var values = new SortedDictionary<string, string>(Values, StringComparer.Ordinal)
            {
                ["id"] = key.ToString(CultureInfo.InvariantCulture),
                ["partitionDate"] = Day.ToString(CultureInfo.InvariantCulture),
                ["version"] = Version,
            };
            return string.Join(';', values.Select(v => $"{v.Key}={v.Value}"));
        }
    }
}
