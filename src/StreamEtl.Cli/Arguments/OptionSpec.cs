namespace StreamEtl.Cli.Arguments;

/// <summary>One option, as the parser and the help see it. Also the key under which its values are found.</summary>
/// <param name="Name">Long name without dashes.</param>
/// <param name="Group">Heading in the help.</param>
/// <param name="Help">One line for people.</param>
/// <param name="Value">Name of its value in the help; null for a flag.</param>
/// <param name="Arity">How many values.</param>
/// <param name="Short">One-letter name, or null.</param>
/// <param name="Choices">The values allowed, or null when any is.</param>
internal sealed record OptionSpec(
    string Name,
    OptionGroup Group,
    string Help,
    string? Value = null,
    Arity Arity = Arity.One,
    char? Short = null,
    string[]? Choices = null
)
{
    /// <summary>The name with its dashes.</summary>
    public string Long => "--" + Name;

    /// <summary>A flag.</summary>
    public static OptionSpec Flag(string name, OptionGroup group, string help, char? shortName = null) =>
        new(name, group, help, Value: null, Arity.Flag, shortName);

    /// <summary>An option with a fixed set of values.</summary>
    public static OptionSpec Choice(string name, OptionGroup group, string help, params string[] choices) =>
        new(name, group, help, string.Join('|', choices), Arity.One, Short: null, choices);
}
