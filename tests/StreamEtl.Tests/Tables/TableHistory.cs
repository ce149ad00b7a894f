using System.Text;

namespace StreamEtl.Tests.Tables;

/// <summary>Some snapshots of a table, as CSV files and as what the table then reads back as. Made once, used by many runs.</summary>
internal sealed class TableHistory
{
    /// <summary>Draws a history of which each snapshot differs from the one before.</summary>
    public TableHistory(string folder, int seed, int steps, int rows = 40)
    {
        var random = new Random(seed);
        var model = new SnapshotModel(random, rows);
        for (int step = 0; step < steps; step++)
        {
            Dictionary<string, string> before = model.Rows();
            while (step > 0 && model.Rows().OrderBy(r => r.Key).SequenceEqual(before.OrderBy(r => r.Key)))
            {
                model.Change(random);
            }
            string path = Path.Combine(folder, $"snapshot-{seed}-{step}.csv");
            File.WriteAllText(path, model.ToCsv(random), new UTF8Encoding(false));
            Paths.Add(path);
            States.Add(model.Rows());
        }
    }

    /// <summary>The snapshots' files.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>The rows of each.</summary>
    public List<Dictionary<string, string>> States { get; } = [];

    /// <summary>Number of the snapshot that the rows are; -1 for no rows at all, which is a table not made yet; -2 when they are none.</summary>
    public int Find(Dictionary<string, string> rows) =>
        rows.Count == 0 ? -1
        : States.FindIndex(s => s.Count == rows.Count && s.All(r => rows.GetValueOrDefault(r.Key) == r.Value)) is >= 0 and var i ? i
        : -2;
}
