using System.Text.Json;
using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Verbs;
using StreamEtl.Tests;

namespace StreamEtl.Cli.Tests.Verbs;

public sealed class RunVerbTests
{
    /// <summary>What a config can say of one table that the command line cannot: where its source is, and what becomes of it.</summary>
    private static readonly string[] OnlyInConfigs = ["name", "source", "file", "primary_key", "rotate_to"];

    /// <summary>What the command line says of a table, and a config for all together or under another name.</summary>
    private static readonly string[] OnlyOnCommandLines = ["table", "memory", "temp", "threads", .. MessageOptions.All.Select(o => o.Name)];

    [Fact]
    public void Config_OfATable_TakesWhatIngestTakes()
    {
        JsonElement entries = JsonElement
            .Parse(File.ReadAllBytes(RepositoryFiles.At("schemas", "streametl-config.schema.json")))
            .GetProperty("$defs")
            .GetProperty("table")
            .GetProperty("properties");
        OptionSpec[] options =
        [
            .. IngestVerb.Verb.Options.Where(o => !OnlyOnCommandLines.Contains(o.Name) && !JourneyOptions.All.Contains(o)),
        ];
        Assert.Equal(
            options.Select(o => o.Name.Replace('-', '_')).Order(),
            entries.EnumerateObject().Select(e => e.Name).Except(OnlyInConfigs).Order()
        );
        foreach (OptionSpec option in options.Where(o => o.Choices is not null))
        {
            string[] allowed =
            [
                .. entries.GetProperty(option.Name.Replace('-', '_')).GetProperty("enum").EnumerateArray().Select(e => e.GetString()!),
            ];
            Assert.Subset(allowed.ToHashSet(), option.Choices!.ToHashSet());
        }
    }
}
