namespace StreamEtl.Errors;

/// <summary>
/// Finds the name that a user probably meant, for hints. The distance is Damerau-Levenshtein in its restricted form (optimal string
/// alignment: insert, delete, replace, swap neighbours, no part edited twice), letters compared without case.
/// </summary>
public static class NearestName
{
    private const int LongestCompared = 128;
    private const int NamesListed = 12;

    /// <summary>The candidate nearest to <paramref name="name"/>, or null when none is near: more than a third of its letters (at least one) would have to change.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        int limit = Math.Max(1, Math.Min(name.Length, LongestCompared) / 3);
        string? nearest = null;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name, candidate, limit);
            if (distance <= limit)
            {
                // A later candidate must be strictly nearer, so the first of equals wins.
                (nearest, limit) = (candidate, distance - 1);
            }
        }
        return nearest;
    }

    /// <summary>A hint for an unknown name: the nearest candidate, else the candidates themselves (the first dozen), else null.</summary>
    /// <param name="name">What the user wrote.</param>
    /// <param name="candidates">What exists.</param>
    /// <param name="plural">What the candidates are, for a list: <c>columns</c>.</param>
    public static string? Hint(string name, IReadOnlyCollection<string> candidates, string plural)
    {
        if (Find(name, candidates) is { } nearest)
        {
            return $"did you mean '{nearest}'?";
        }
        if (candidates.Count == 0)
        {
            return null;
        }
        string more = candidates.Count > NamesListed ? ", …" : "";
        return $"{plural}: {string.Join(", ", candidates.Take(NamesListed))}{more}";
    }

    /// <summary>Edits from one name to the other; any number above <paramref name="limit"/> when there are more than that.</summary>
    private static int Distance(string left, string right, int limit)
    {
        int rows = Math.Min(left.Length, LongestCompared);
        int columns = Math.Min(right.Length, LongestCompared);
        if (Math.Abs(rows - columns) > limit)
        {
            return limit + 1;
        }
        Span<int> before = stackalloc int[LongestCompared + 1];
        Span<int> previous = stackalloc int[LongestCompared + 1];
        Span<int> current = stackalloc int[LongestCompared + 1];
        for (int column = 0; column <= columns; column++)
        {
            previous[column] = column;
        }
        for (int row = 1; row <= rows; row++)
        {
            current[0] = row;
            for (int column = 1; column <= columns; column++)
            {
                int cost = Same(left[row - 1], right[column - 1]) ? 0 : 1;
                int best = Math.Min(Math.Min(previous[column] + 1, current[column - 1] + 1), previous[column - 1] + cost);
                if (row > 1 && column > 1 && Same(left[row - 1], right[column - 2]) && Same(left[row - 2], right[column - 1]))
                {
                    best = Math.Min(best, before[column - 2] + 1);
                }
                current[column] = best;
            }
            Span<int> spare = before;
            before = previous;
            previous = current;
            current = spare;
        }
        return previous[columns];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
