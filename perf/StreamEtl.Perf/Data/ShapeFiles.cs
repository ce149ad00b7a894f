using System.Globalization;
using System.Text;

namespace StreamEtl.Perf.Data;

/// <summary>
/// Pairs of snapshots in shapes that orders are not. NEW is OLD in another order, with 1 % of the rows gone, 1 % changed, 1 % added and 0.5 % there twice.
/// A row is made from its id and version alone, so any size takes no memory.
/// </summary>
internal static class ShapeFiles
{
    /// <summary>Steps through all ids of a table in an order of its own: a prime larger than any table.</summary>
    private const long Stride = 1_000_000_007;

    private static readonly (string Name, int Rows, Action<StringBuilder> Header, Action<StringBuilder, long, ulong> Row)[] Shapes =
    [
        ("numbers", 590_000, ShapeRows.NumbersHeader, ShapeRows.Numbers),
        ("texts", 410_000, ShapeRows.TextsHeader, ShapeRows.Texts),
        ("sparse", 940_000, ShapeRows.SparseHeader, ShapeRows.Sparse),
    ];

    /// <summary>Writes SHAPE_old_s.csv and SHAPE_new_s.csv of about 30 MB into the folder, or SHAPE_old.csv and SHAPE_new.csv of about 300 MB.</summary>
    public static void Write(string folder, bool full)
    {
        foreach ((string name, int rows, Action<StringBuilder> header, Action<StringBuilder, long, ulong> row) in Shapes)
        {
            int count = full ? rows : rows / 10;
            string suffix = full ? "" : "_s";
            Write(Path.Combine(folder, $"{name}_old{suffix}.csv"), header, row, Enumerable.Range(0, count).Select(i => ((long)i, 0UL)));
            Write(Path.Combine(folder, $"{name}_new{suffix}.csv"), header, row, NewRows(count));
        }
    }

    private static IEnumerable<(long Id, ulong Version)> NewRows(int count)
    {
        for (int i = 0; i < count + (count / 100); i++)
        {
            long id = i < count ? i * Stride % count : i;
            if (id % 100 == 7 && id < count)
            {
                continue;
            }
            yield return (id, id % 100 == 13 ? 1UL : 0);
            if (id % 200 == 5)
            {
                yield return (id, 0);
            }
        }
    }

    private static void Write(
        string path,
        Action<StringBuilder> header,
        Action<StringBuilder, long, ulong> row,
        IEnumerable<(long Id, ulong Version)> rows
    )
    {
        using var file = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 20);
        var line = new StringBuilder();
        header(line);
        file.Write(line.Append('\n'));
        foreach ((long id, ulong version) in rows)
        {
            row(line.Clear(), id, version);
            file.Write(line.Append('\n'));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {new FileInfo(path).Length / 1e6:F0} MB"));
    }
}
