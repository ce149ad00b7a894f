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

    /// <summary>The first words that several verbs share. Made when asked for: only help and mistakes ask.</summary>
    public static IReadOnlyList<VerbGroup> Groups =>
        [
            new("schema", "the types of a table, found or held against it", []),
            new(
                "table",
                "managed tables: what ingest has made of a folder",
                [
                    "Every ingest that changes a table makes a new version of it. Versions stay readable, as DIR/NAME@N,",
                    "until they are vacuumed.",
                ]
            ),
            new("journeys", "the runs on record", JourneysVerb.Notes),
        ];

    /// <summary>The group that the words name and nothing more, options aside; null when they name none.</summary>
    public static VerbGroup? FindGroup(ReadOnlySpan<string> words)
    {
        if (words.Length > 1 && !words[1].StartsWith('-'))
        {
            return null;
        }
        string first = words[0];
        return Groups.FirstOrDefault(g => g.Name == first);
    }

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
        if (FindGroup(words[..1]) is { } group)
        {
            throw UsageError.Create(
                words.Length > 1 ? $"unknown command '{first} {words[1]}'" : $"'{first}' needs a second word",
                string.Join(" or ", group.Verbs.Select(v => "streametl " + v.Name))
            );
        }
        string[] names = [.. All.Select(v => v.Name.Split(' ')[0]).Distinct(StringComparer.Ordinal)];
        throw UsageError.Create($"unknown command '{first}'", NearestName.Hint(first, names, "commands"));
    }

    /// <summary>The names of verbs that take an option.</summary>
    public static string[] Taking(string option) => [.. All.Where(v => v.Options.Any(o => o.Long == option)).Select(v => v.Name)];
}
