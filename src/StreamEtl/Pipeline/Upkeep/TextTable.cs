using System.Globalization;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>Lines for people: columns as wide as what is in them, numbers to the right.</summary>
internal sealed class TextTable(params string[] titles)
{
    private readonly List<(string Text, bool Right)[]> _rows =
    [
        [.. titles.Select(t => (t, false))],
    ];

    /// <summary>Adds a row.</summary>
    public void Add(params object[] cells) =>
        _rows.Add([
            .. cells.Select(c =>
                c is IFormattable number ? (number.ToString("#,0", CultureInfo.InvariantCulture), true) : ((string)c, false)
            ),
        ]);

    /// <summary>The lines, indented.</summary>
    public IEnumerable<string> Lines()
    {
        int[] widths = [.. Enumerable.Range(0, titles.Length).Select(c => _rows.Max(r => r[c].Text.Length))];
        bool[] right = [.. Enumerable.Range(0, titles.Length).Select(c => _rows[^1][c].Right)];
        foreach ((string Text, bool Right)[] row in _rows)
        {
            yield return "  "
                + string.Join("  ", row.Select((cell, c) => right[c] ? cell.Text.PadLeft(widths[c]) : cell.Text.PadRight(widths[c])));
        }
    }
}
