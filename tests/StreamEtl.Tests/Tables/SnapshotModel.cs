using System.Globalization;
using System.Text;

namespace StreamEtl.Tests.Tables;

/// <summary>A table that changes at random, as a dictionary and as CSV. The key column is <c>id</c>; what it reads back as is told by <see cref="Rows"/>.</summary>
internal sealed class SnapshotModel
{
    private readonly SortedDictionary<int, Dictionary<string, string>> _rows = [];
    private readonly List<string> _columns = ["a", "b"];

    /// <summary>Columns that the input once had: the table keeps them, empty.</summary>
    private int _added;

    /// <summary>One of the two in a history: decimals that become text keep the zeros that their type gave them, and differ from what is written today.</summary>
    private readonly string _wider;

    public SnapshotModel(Random random, int most = 60)
    {
        _wider = random.Next(2) == 0 ? "1234.5" : "word";
        int rows = random.Next(1, most);
        for (int i = 0; i < rows; i++)
        {
            _rows[random.Next(most * 3)] = NewRow(random);
        }
    }

    /// <summary>Inserts, updates and deletes some rows; sometimes adds or drops a column, or widens a type.</summary>
    public void Change(Random random)
    {
        for (int i = random.Next(12); i > 0; i--)
        {
            _rows[random.Next(180)] = NewRow(random);
        }
        foreach (int key in _rows.Keys.Where(_ => random.Next(10) == 0).ToArray())
        {
            _rows.Remove(key);
        }
        switch (random.Next(8))
        {
            case 0:
                _columns.Add($"x{_added++}");
                break;
            case 1 when _columns.Count > 2:
                string gone = _columns[^1];
                _columns.Remove(gone);
                foreach (Dictionary<string, string> row in _rows.Values)
                {
                    row.Remove(gone);
                }
                break;
            case 2 when _rows.Count > 0:
                // The column b holds numbers until now.
                _rows.First().Value["b"] = _wider;
                break;
            default:
                break;
        }
        foreach (Dictionary<string, string> row in _rows.Values.Where(_ => random.Next(6) == 0))
        {
            row[_columns[random.Next(_columns.Count)]] = random.Next(50).ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>What a table made of it reads back as.</summary>
    public Dictionary<string, string> Rows() =>
        _rows.ToDictionary(
            r => r.Key.ToString(CultureInfo.InvariantCulture),
            r =>
                string.Join(
                    ';',
                    r.Value.Append(new KeyValuePair<string, string>("id", r.Key.ToString(CultureInfo.InvariantCulture)))
                        .OrderBy(v => v.Key, StringComparer.Ordinal)
                        .Select(v => $"{v.Key}={v.Value}")
                ),
            StringComparer.Ordinal
        );

    /// <summary>The rows as CSV: columns and rows in any order, some rows twice, and before some an older one of the same key.</summary>
    public string ToCsv(Random random)
    {
        string[] columns = [.. _columns.Append("id").OrderBy(_ => random.Next())];
        var text = new StringBuilder(string.Join(',', columns)).Append('\n');
        foreach (int key in _rows.Keys.OrderBy(_ => random.Next()).ToArray())
        {
            if (random.Next(15) == 0)
            {
                Append(text, columns, key, NewRow(random));
            }
            Append(text, columns, key, _rows[key]);
            if (random.Next(15) == 0)
            {
                Append(text, columns, key, _rows[key]);
            }
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, string[] columns, int key, Dictionary<string, string> row) =>
        text.AppendJoin(',', columns.Select(c => c == "id" ? key.ToString(CultureInfo.InvariantCulture) : row.GetValueOrDefault(c, "")))
            .Append('\n');

    private Dictionary<string, string> NewRow(Random random) =>
        _columns
            .Where(_ => random.Next(8) > 0)
            .ToDictionary(
                c => c,
                c => c == "a" ? $"text {random.Next(40)}" : (random.Next(200) - 100).ToString(CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
}
