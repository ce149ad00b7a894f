using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary>Reads <c>COL[:asc|:desc],…</c>. Ascending when nothing is said, as in <c>ORDER BY</c>.</summary>
internal static class KeepRules
{
    private static readonly string[] Directions = ["asc", "desc"];

    /// <summary>The rules in order. A colon that no direction follows belongs to the name.</summary>
    public static IReadOnlyList<KeepRule> Parse(OptionSpec option, string text)
    {
        List<KeepRule> rules = [];
        foreach (string part in ColumnList.Split(option, text))
        {
            int colon = part.LastIndexOf(':');
            string direction = colon < 0 ? "" : part[(colon + 1)..].ToLowerInvariant();
            bool directed = Directions.Contains(direction, StringComparer.Ordinal);
            string name = ColumnList.Unquote(directed ? part[..colon] : part);
            if (name.Length == 0)
            {
                throw UsageError.Create($"{option.Long} has an empty column name in '{text}'", "COL[:asc|:desc],…");
            }
            if (rules.Exists(r => r.Column == name))
            {
                throw UsageError.Create($"{option.Long} names the column '{name}' twice");
            }
            rules.Add(new KeepRule(name, direction == "desc"));
        }
        return rules;
    }
}
