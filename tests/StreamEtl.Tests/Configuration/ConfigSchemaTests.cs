using System.Text.Json;
using StreamEtl.Connectors.Configuration;

namespace StreamEtl.Tests.Configuration;

/// <summary>The published schema and the model are one thing said twice; here they are held together.</summary>
public sealed class ConfigSchemaTests
{
    private static readonly JsonElement Root = JsonElement.Parse(File.ReadAllBytes(SchemaPath));

    /// <summary>Entries that become others: aliases of the CDC pipeline's config, and what is spread over tables.</summary>
    private static readonly string[] Folded = ["$schema", "defaults", "source", "into", "bucket", "prefix"];

    private static string SchemaPath => RepositoryFiles.At("schemas", "streametl-config.schema.json");

    [Fact]
    public void Schema_Published_IsTheOneInUse()
    {
        Assert.Equal(File.ReadAllBytes(SchemaPath), ConfigFile.SchemaBytes());
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", Root.GetProperty("$schema").GetString());
        JsonSchema.Parse(ConfigFile.SchemaBytes());
    }

    [Fact]
    public void Schema_OfTheConfig_HasWhatTheModelHas()
    {
        string[] model = [.. typeof(RunConfig).GetProperties().Select(p => Snake(p.Name)).Where(n => n is not "path")];
        Assert.Equal(model.Order(), Names(Root).Except(Folded).Order());
        Assert.Equal(
            typeof(LogConfig).GetProperties().Select(p => Snake(p.Name)).Order(),
            Names(Root.GetProperty("properties").GetProperty("log")).Order()
        );
    }

    [Fact]
    public void Schema_OfATable_HasWhatTheModelHas()
    {
        string[] model = [.. typeof(TableConfig).GetProperties().Select(p => Snake(p.Name)).Where(n => n is not ("options" or "entry_of"))];
        string[] schema = [.. Names(Root.GetProperty("$defs").GetProperty("table")).Except(["file", "primary_key"])];
        Assert.Equal(model.Concat(TableBinder.PlainOptions).Order(), schema.Order());
    }

    /// <summary>Every entry that the schema allows arrives in the model: nothing is validated and then forgotten.</summary>
    [Fact]
    public void Binding_OfATableWithEveryEntry_ForgetsNone()
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in Root.GetProperty("$defs").GetProperty("table").GetProperty("properties").EnumerateObject())
        {
            if (property.Name is not ("file" or "primary_key" or "ignore"))
            {
                entries[property.Name] = Example(property.Value);
            }
        }
        string json = $$"""{"tables": [{ {{string.Join(", ", entries.Select(e => $"\"{e.Key}\": {e.Value}"))}} }]}""";
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".json");
        File.WriteAllText(path, json);
        try
        {
            ConfigResult result = ConfigFile.Load(path, _ => null, new SecretMask());
            Assert.Empty(result.Problems);
            TableConfig table = result.Config!.Tables[0];
            Assert.Equal(TableBinder.PlainOptions.Order(), table.Options.Keys.Order());
            Assert.All(
                typeof(TableConfig).GetProperties().Where(p => p.Name is not "Ignore"),
                p => Assert.True(p.GetValue(table) is not null and not IReadOnlyCollection<string> { Count: 0 }, p.Name)
            );
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Example(JsonElement rule)
    {
        if (rule.TryGetProperty("$ref", out JsonElement reference))
        {
            return reference.GetString()!.EndsWith("/character", StringComparison.Ordinal) ? "\"|\""
                : reference.GetString()!.EndsWith("/size", StringComparison.Ordinal) ? "\"1MB\""
                : "\"x\"";
        }
        if (rule.TryGetProperty("enum", out JsonElement choices))
        {
            return choices[0].GetRawText();
        }
        return rule.TryGetProperty("type", out JsonElement type)
            ? type.GetString() switch
            {
                "boolean" => "true",
                "integer" or "number" => "7",
                _ => "\"x\"",
            }
            : "\"x\"";
    }

    private static IEnumerable<string> Names(JsonElement rule) => rule.GetProperty("properties").EnumerateObject().Select(p => p.Name);

    private static string Snake(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}
