using System.Text.Json;
using StreamEtl.Connectors.Configuration;

namespace StreamEtl.Tests.Configuration;

/// <summary>The validator against the official test suite. Groups whose schema has a keyword that ours does not know are refused when read, which is counted.</summary>
public sealed class JsonSchemaSuiteTests
{
    [Fact]
    public void Validator_OfficialCases_Agrees()
    {
        int agreed = 0;
        int refused = 0;
        var wrong = new List<string>();
        foreach (string path in Directory.EnumerateFiles(Corpus, "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (JsonElement group in file.RootElement.EnumerateArray())
            {
                SchemaValidator? validator = Open(group.GetProperty("schema"));
                foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                {
                    if (validator is null || Instance(test.GetProperty("data")) is not { } instance)
                    {
                        refused++;
                        continue;
                    }
                    bool valid = validator.Validate(instance).Count == 0;
                    if (valid == test.GetProperty("valid").GetBoolean())
                    {
                        agreed++;
                    }
                    else
                    {
                        wrong.Add($"{Path.GetFileName(path)}: {group.GetProperty("description")}: {test.GetProperty("description")}");
                    }
                }
            }
        }
        Assert.Empty(wrong);
        Assert.Equal((491, 127), (agreed, refused));
    }

    private static string Corpus => RepositoryFiles.At("tests", "StreamEtl.Tests", "Configuration", "Corpus", "json-schema");

    private static SchemaValidator? Open(JsonElement schema)
    {
        try
        {
            return new SchemaValidator(JsonSchema.Parse(System.Text.Encoding.UTF8.GetBytes(schema.GetRawText())));
        }
        catch (Exception e) when (e is NotSupportedException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static ConfigNode? Instance(JsonElement data)
    {
        try
        {
            return JsonConfigReader.Read(System.Text.Encoding.UTF8.GetBytes(data.GetRawText()), "instance");
        }
        catch (ConfigSyntaxException)
        {
            return null;
        }
    }
}
