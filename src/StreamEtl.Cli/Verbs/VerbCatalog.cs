using StreamEtl.Cli.Arguments;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Verbs;

/// <summary>The verbs there are, in the order of the help.</summary>
internal static class VerbCatalog
{
    /// <summary>All verbs.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        ConvertVerb.Verb,
        DedupeVerb.Verb,
        DiffVerb.Verb,
        IngestVerb.Verb,
        ConsolidateVerb.Verb,
        RunVerb.Verb,
        SchemaInferVerb.Verb,
        SchemaValidateVerb.Verb,
        TableLogVerb.Verb,
        TableFilesVerb.Verb,
        TableVerifyVerb.Verb,
        TableCompactVerb.Verb,
        TableVacuumVerb.Verb,
        JourneysVerb.List,
        JourneysVerb.Show,
        JourneysVerb.Retry,
    ];

    /// <summary>The verb that the words begin with, and how many words name it.</summary>
    /// <exception cref="StreamEtlException">No verb is named so.</exception>
    public static (Verb Verb, int Words) Find(ReadOnlySpan<string> words)
    {
        string first = words[0];
        foreach (Verb verb in All)
        {
            if (verb.Name == first)
            {
                return (verb, 1);
            }
            if (words.Length > 1 && verb.Name == $"{first} {words[1]}")
            {
                return (verb, 2);
            }
        }
        string[] parts = [.. All.Where(v => v.Name.StartsWith(first + " ", StringComparison.Ordinal)).Select(v => v.Name)];
        if (parts.Length > 0)
        {
            throw UsageError.Create(
                words.Length > 1 ? $"unknown command '{first} {words[1]}'" : $"'{first}' needs a second word",
                string.Join(" or ", parts.Select(p => "streametl " + p))
            );
        }
        string[] names = [.. All.Select(v => v.Name.Split(' ')[0]).Distinct(StringComparer.Ordinal)];
        throw UsageError.Create($"unknown command '{first}'", NearestName.Hint(first, names, "commands"));
    }

    /// <summary>The names of verbs that take an option.</summary>
    public static string[] Taking(string option) => [.. All.Where(v => v.Options.Any(o => o.Long == option)).Select(v => v.Name)];
}
