using StreamEtl.Errors;

namespace StreamEtl.Pipeline;

/// <summary>Finds columns by name: exactly, else ignoring case where that is unambiguous.</summary>
internal static class ColumnMatch
{
    /// <summary>Index of the only name that equals <paramref name="name"/> but for case, or -1.</summary>
    public static int IgnoringCase(IEnumerable<string> names, string name)
    {
        int found = -1;
        int index = 0;
        foreach (string candidate in names)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            {
                if (found >= 0)
                {
                    return -1;
                }
                found = index;
            }
            index++;
        }
        return found;
    }

    /// <summary>Index of the column that the user named, or an error with the nearest name.</summary>
    public static int Find(IReadOnlyList<string> names, string name, string option, string where)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }
        int index = IgnoringCase(names, name);
        if (index >= 0)
        {
            return index;
        }
        string? nearest = NearestName.Find(name, names);
        string hint = nearest is null ? $"the columns are {Some(names)}" : $"did you mean '{nearest}'? the columns are {Some(names)}";
        throw new StreamEtlException(ErrorKind.ColumnNotFound, $"{option}: there is no column '{name}' in {where}", hint: hint);
    }

    private static string Some(IReadOnlyList<string> names) =>
        names.Count <= 12 ? string.Join(", ", names) : string.Join(", ", names.Take(12)) + $", … ({names.Count} in all)";
}
