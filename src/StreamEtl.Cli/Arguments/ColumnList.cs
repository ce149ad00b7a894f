namespace StreamEtl.Cli.Arguments;

/// <summary>Lists of column names on a command line: <c>id,"Name, first",region</c>. Quotes are doubled inside quotes, as in CSV.</summary>
internal static class ColumnList
{
    /// <summary>The parts between commas outside quotes, quotes kept.</summary>
    public static List<string> Split(OptionSpec option, string text)
    {
        List<string> parts = [];
        int start = 0;
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == ',' && !quoted)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }
        if (quoted)
        {
            throw UsageError.Create($"{option.Long} has a quote that is not closed: {text}");
        }
        parts.Add(text[start..].Trim());
        return parts;
    }

    /// <summary>A name without its quotes.</summary>
    public static string Unquote(string part) =>
        part.Length >= 2 && part[0] == '"' && part[^1] == '"' ? part[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : part;
}
