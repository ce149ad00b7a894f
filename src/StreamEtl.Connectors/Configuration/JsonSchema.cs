using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamEtl.Connectors.Configuration;

/// <summary>
/// A JSON Schema, draft 2020-12, as far as the config's schema needs it: the keywords below, with the meaning of the specification. A keyword beyond them is
/// refused when the schema is read, never passed over, because a schema that is not applied would promise too much.
/// </summary>
internal sealed class JsonSchema
{
    /// <summary>Keywords that assert something.</summary>
    private static readonly string[] Assertions =
    [
        "type",
        "enum",
        "const",
        "not",
        "allOf",
        "anyOf",
        "oneOf",
        "$ref",
        "properties",
        "additionalProperties",
        "required",
        "minProperties",
        "items",
        "minItems",
        "uniqueItems",
        "minLength",
        "pattern",
        "minimum",
        "maximum",
    ];

    private static readonly string[] Annotations = ["$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples"];

    private readonly JsonElement _root;

    private JsonSchema(JsonElement root) => _root = root;

    /// <summary>The schema at the root.</summary>
    public JsonElement Root => _root;

    /// <summary>Reads a schema.</summary>
    /// <exception cref="NotSupportedException">It has a keyword, or a reference, that is not understood.</exception>
    public static JsonSchema Parse(ReadOnlySpan<byte> json)
    {
        JsonElement root = JsonElement.Parse(json);
        var schema = new JsonSchema(root);
        schema.CheckKeywords(root);
        return schema;
    }

    /// <summary>Follows references to the schema that is meant.</summary>
    public JsonElement Resolve(string reference)
    {
        if (!reference.StartsWith('#'))
        {
            throw new NotSupportedException($"the schema refers to '{reference}', which is another file");
        }
        JsonElement found = _root;
        foreach (string part in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = Uri.UnescapeDataString(part)
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            found =
                found.ValueKind == JsonValueKind.Array
                    ? found[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]
                    : found.GetProperty(name);
        }
        return found;
    }

    private static void CheckPattern(string pattern)
    {
        try
        {
            _ = Regex.Match("", pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (RegexParseException e)
        {
            throw new NotSupportedException($"the schema's pattern '{pattern}' is not understood", e);
        }
    }

    private void CheckKeywords(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!Assertions.Contains(keyword.Name) && !Annotations.Contains(keyword.Name))
            {
                throw new NotSupportedException($"the schema's keyword '{keyword.Name}' is not understood");
            }
            switch (keyword.Name)
            {
                case "properties" or "$defs":
                    foreach (JsonProperty inner in keyword.Value.EnumerateObject())
                    {
                        CheckKeywords(inner.Value);
                    }
                    break;
                case "allOf" or "anyOf" or "oneOf":
                    foreach (JsonElement inner in keyword.Value.EnumerateArray())
                    {
                        CheckKeywords(inner);
                    }
                    break;
                case "items" or "not" or "additionalProperties":
                    CheckKeywords(keyword.Value);
                    break;
                case "pattern":
                    CheckPattern(keyword.Value.GetString()!);
                    break;
                case "$ref":
                    _ = Resolve(keyword.Value.GetString()!);
                    break;
            }
        }
    }
}
