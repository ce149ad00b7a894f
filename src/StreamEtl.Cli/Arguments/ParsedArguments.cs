using System.Globalization;

namespace StreamEtl.Cli.Arguments;

/// <summary>A parsed command line: what stands without an option, and the values of each option that was given.</summary>
internal sealed class ParsedArguments
{
    private readonly Dictionary<OptionSpec, List<string>> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>Arguments that belong to no option, in order.</summary>
    public List<string> Positionals { get; } = [];

    /// <summary>Notes a value.</summary>
    public void Add(OptionSpec option, string value)
    {
        if (!_values.TryGetValue(option, out List<string>? values))
        {
            _values.Add(option, values = []);
        }
        else if (option.Arity == Arity.One)
        {
            throw UsageError.Create($"{option.Long} is given twice", "keep one of them");
        }
        values.Add(value);
    }

    /// <summary>True when the option was given.</summary>
    public bool Has(OptionSpec option) => _values.ContainsKey(option);

    /// <summary>The option's value, or null.</summary>
    public string? Text(OptionSpec option) => _values.TryGetValue(option, out List<string>? values) ? values[^1] : null;

    /// <summary>All values of the option, in order.</summary>
    public IReadOnlyList<string> All(OptionSpec option) => _values.TryGetValue(option, out List<string>? values) ? values : [];

    /// <summary>True when the flag is on, false when it is off, null when it was not given.</summary>
    public bool? Flag(OptionSpec option) => Text(option) is { } text ? text == "true" : null;

    /// <summary>The option's value as a whole number, or null.</summary>
    public int? Number(OptionSpec option, int minimum)
    {
        if (Text(option) is not { } text)
        {
            return null;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < minimum)
        {
            throw UsageError.Value(option, text, string.Create(CultureInfo.InvariantCulture, $"a whole number of at least {minimum}"));
        }
        return number;
    }

    /// <summary>The option's value as bytes, or null.</summary>
    public long? Size(OptionSpec option)
    {
        if (Text(option) is not { } text)
        {
            return null;
        }
        return ByteSize.TryParse(text, out long bytes) && bytes > 0
            ? bytes
            : throw UsageError.Value(option, text, "a size such as 512MB, 2GiB or 1.5GB");
    }

    /// <summary>The option's columns: comma-separated, a name with a comma in double quotes, several options added up; null when it was not given.</summary>
    public IReadOnlyList<string>? Columns(OptionSpec option)
    {
        if (!Has(option))
        {
            return null;
        }
        List<string> columns = [];
        foreach (string text in All(option))
        {
            foreach (string column in ColumnList.Split(option, text))
            {
                string name = ColumnList.Unquote(column);
                if (name.Length == 0)
                {
                    throw UsageError.Create($"{option.Long} has an empty column name in '{text}'", "separate names by single commas");
                }
                if (columns.Contains(name, StringComparer.Ordinal))
                {
                    throw UsageError.Create($"{option.Long} names the column '{name}' twice");
                }
                columns.Add(name);
            }
        }
        return columns;
    }
}
