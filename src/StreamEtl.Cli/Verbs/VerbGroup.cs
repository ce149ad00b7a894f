namespace StreamEtl.Cli.Verbs;

/// <summary>Verbs of two words that share the first.</summary>
/// <param name="Name">The first word.</param>
/// <param name="Summary">What they are about, on one line.</param>
/// <param name="Notes">What a user must know of that, in lines of at most 100 columns.</param>
internal sealed record VerbGroup(string Name, string Summary, IReadOnlyList<string> Notes)
{
    /// <summary>The verbs.</summary>
    public IEnumerable<Verb> Verbs => VerbCatalog.All.Where(v => v.Name.StartsWith(Name + " ", StringComparison.Ordinal));
}
