using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline.Model;

/// <summary>One row of each key, as LINQ over values sees it.</summary>
internal static class DedupeModel
{
    /// <summary>Indices of the rows that stay, in input order.</summary>
    public static int[] Winners(
        (int Table, int Rid, IComparable?[] Values)[] rows,
        Func<(int Table, int Rid, IComparable?[] Values), ModelKey> key,
        IReadOnlyList<KeepRule> keep,
        bool keepLast
    )
    {
        return [.. Enumerable.Range(0, rows.Length).GroupBy(i => key(rows[i])).Select(group => group.Aggregate(Better)).Order()];

        int Better(int held, int row)
        {
            foreach (KeepRule rule in keep)
            {
                int column = rule.Column[1] - '0';
                IComparable? a = rows[held].Values[column];
                IComparable? b = rows[row].Values[column];
                int order = ModelValues.Compare(b, a);
                if (order != 0)
                {
                    // NULL never wins over a value, whichever end of the values does.
                    bool wins = a is null || b is null ? a is null : rule.Descending == order > 0;
                    return wins ? row : held;
                }
            }
            return keepLast ? row : held;
        }
    }
}
