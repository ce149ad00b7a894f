using System.Globalization;
using System.Text;
using StreamEtl.Pipeline;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Tables;

/// <summary>Some inputs of a table, as CSV files and as what the table then reads back as. Made once, used by many runs.</summary>
internal sealed class TableHistory
{
    private readonly bool _incremental;

    /// <summary>Draws a history of snapshots of which each differs from the one before.</summary>
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
            Add(Path.Combine(folder, $"snapshot-{seed}-{step}.csv"), model.ToCsv(random), model.Rows());
        }
    }

    private TableHistory() => _incremental = true;

    /// <summary>The inputs' files.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>The rows after each.</summary>
    public List<Dictionary<string, string>> States { get; } = [];

    /// <summary>Draws a history of new and changed rows, each of which changes the table.</summary>
    public static TableHistory Incremental(string folder, int seed, int steps)
    {
        var history = new TableHistory();
        var model = new IncrementalModel(new Random(seed));
        while (history.Paths.Count < steps)
        {
            int step = history.Paths.Count;
            (string csv, List<IncrementalModel.InputRow> rows) = model.Next(20_240_110 + step);
            model.Apply(csv, rows, 20_240_110 + step, step);
            if (model.Inserts + model.Updates > 0)
            {
                history.Add(Path.Combine(folder, $"increment-{seed}-{step}.csv"), csv, model.Rows());
            }
        }
        return history;
    }

    /// <summary>A run over an input; in the given mode where the history has a choice.</summary>
    public IngestOptions Options(IObjectStore store, int step, string folder, IngestMode? mode = null) =>
        _incremental
            ? IngestRun.Options(store, Paths[step], folder) with
            {
                Mode = IngestMode.Incremental,
                PartitionDate = new DateOnly(2024, 1, 10 + step),
            }
            : IngestRun.Options(store, Paths[step], folder) with
            {
                Mode = mode,
            };

    /// <summary>The same as arguments of the command.</summary>
    public string[] Arguments(int step) =>
        _incremental
            ? ["--mode", "incremental", "--partition-date", string.Create(CultureInfo.InvariantCulture, $"{20_240_110 + step}")]
            : [];

    /// <summary>Number of the input after which the rows are these; -1 for no rows at all, which is a table not made yet; -2 when there is none.</summary>
    public int Find(Dictionary<string, string> rows) =>
        rows.Count == 0 ? -1
        : States.FindIndex(s => s.Count == rows.Count && s.All(r => WithoutInstant(rows.GetValueOrDefault(r.Key)) == r.Value))
            is >= 0
                and var i
            ? i
        : -2;

    /// <summary>A row without the one value that differs from run to run.</summary>
    public static string? WithoutInstant(string? row) =>
        row is null ? null : string.Join(';', row.Split(';').Where(v => !v.StartsWith("ingestDate=", StringComparison.Ordinal)));

    private void Add(string path, string csv, Dictionary<string, string> state)
    {
        File.WriteAllText(path, csv, new UTF8Encoding(false));
        Paths.Add(path);
        States.Add(state);
    }
}
