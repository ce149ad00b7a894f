using System.Text.Json;
using System.Text.RegularExpressions;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Configuration;

/// <summary>Holds a config tree against a schema, and words what is wrong for people: the entry, what it may be, what was probably meant.</summary>
internal sealed class SchemaValidator(JsonSchema schema)
{
    private static readonly TimeSpan PatternPatience = TimeSpan.FromSeconds(1);

    /// <summary>Everything that is wrong, in the order of the file; empty when the tree keeps to the schema.</summary>
    public IReadOnlyList<ConfigProblem> Validate(ConfigNode root)
    {
        var problems = new List<ConfigProblem>();
        Check(schema.Root, root, problems);
        return [.. problems.Distinct().OrderBy(p => p.Place.Line).ThenBy(p => p.Place.Column)];
    }

    private void Check(JsonElement rule, ConfigNode node, List<ConfigProblem> problems)
    {
        if (rule.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            if (rule.ValueKind == JsonValueKind.False)
            {
                problems.Add(node.Problem("is not allowed here"));
            }
            return;
        }
        int before = problems.Count;
        foreach (JsonProperty keyword in rule.EnumerateObject())
        {
            CheckKeyword(keyword.Name, keyword.Value, rule, node, problems);
        }
        // The innermost description is the one that helps.
        for (int i = before; i < problems.Count; i++)
        {
            if (
                problems[i] is { Hint: null, Entry.Length: > 0 } bare
                && bare.Entry == node.Entry
                && rule.TryGetProperty("description", out JsonElement text)
            )
            {
                problems[i] = bare with { Hint = text.GetString() };
            }
        }
    }

    private void CheckKeyword(string name, JsonElement value, JsonElement rule, ConfigNode node, List<ConfigProblem> problems)
    {
        switch (name)
        {
            case "$ref":
                Check(schema.Resolve(value.GetString()!), node, problems);
                break;
            case "type" when !Types(value).Any(t => IsOfType(node, t)):
                problems.Add(node.Problem($"must be {Either(Types(value).Select(NameOf))}, not {Named(node)}", QuoteHint(value, node)));
                break;
            case "enum" when !value.EnumerateArray().Any(v => JsonEquality.Same(v, node)):
                AddChoiceProblem([.. value.EnumerateArray().Select(v => v.ToString())], node, problems);
                break;
            case "const" when !JsonEquality.Same(value, node):
                problems.Add(node.Problem($"must be {value.GetRawText()}"));
                break;
            case "not" when Holds(value, node):
                problems.Add(node.Problem($"must not be {Shown(node)}"));
                break;
            case "allOf":
                foreach (JsonElement inner in value.EnumerateArray())
                {
                    Check(inner, node, problems);
                }
                break;
            case "anyOf":
                CheckBranches(value, node, problems);
                break;
            case "oneOf" when value.EnumerateArray().Count(v => Holds(v, node)) is not 1 and var count:
                if (count == 0)
                {
                    CheckBranches(value, node, problems);
                }
                else
                {
                    problems.Add(node.Problem("can be read in more than one way"));
                }
                break;
            default:
                CheckByKind(name, value, rule, node, problems);
                break;
        }
    }

    /// <summary>Keywords that speak of one kind of entry and let the others pass.</summary>
    private void CheckByKind(string name, JsonElement value, JsonElement rule, ConfigNode node, List<ConfigProblem> problems)
    {
        switch (node.Kind)
        {
            case ConfigNodeKind.Map:
                CheckMap(name, value, rule, node, problems);
                break;
            case ConfigNodeKind.List:
                CheckList(name, value, node, problems);
                break;
            case ConfigNodeKind.Text when name == "minLength" && Length(node.Text) < value.GetDecimal():
                problems.Add(node.Problem(node.HasVariables ? $"{node.Written} is empty" : "is empty"));
                break;
            case ConfigNodeKind.Text when name == "pattern" && !Matches(value.GetString()!, node.Text):
                problems.Add(node.Problem($"{Shown(node)} is not understood"));
                break;
            case ConfigNodeKind.Number when name == "minimum" && node.Number < value.GetDecimal():
                problems.Add(node.Problem($"must be at least {value.GetRawText()}"));
                break;
            case ConfigNodeKind.Number when name == "maximum" && node.Number > value.GetDecimal():
                problems.Add(node.Problem($"must be at most {value.GetRawText()}"));
                break;
        }
    }

    private void CheckMap(string name, JsonElement value, JsonElement rule, ConfigNode node, List<ConfigProblem> problems)
    {
        switch (name)
        {
            case "properties":
                foreach (ConfigProperty property in node.Properties)
                {
                    if (value.TryGetProperty(property.Name, out JsonElement inner))
                    {
                        Check(inner, property.Value, problems);
                    }
                }
                break;
            case "additionalProperties":
                string[] known = rule.TryGetProperty("properties", out JsonElement all)
                    ? [.. all.EnumerateObject().Select(p => p.Name)]
                    : [];
                foreach (ConfigProperty property in node.Properties.Where(p => !known.Contains(p.Name, StringComparer.Ordinal)))
                {
                    if (value.ValueKind == JsonValueKind.False)
                    {
                        string[] visible = [.. known.Where(k => !k.StartsWith('$'))];
                        string? nearest = NearestName.Hint(property.Name, visible, "entries");
                        problems.Add(new ConfigProblem(property.Place, property.Value.Entry, "is not known", nearest));
                    }
                    else
                    {
                        Check(value, property.Value, problems);
                    }
                }
                break;
            case "required":
                foreach (JsonElement wanted in value.EnumerateArray())
                {
                    if (node.Properties.All(p => p.Name != wanted.GetString()))
                    {
                        problems.Add(node.Problem($"has no '{wanted.GetString()}'"));
                    }
                }
                break;
            case "minProperties" when node.Properties.Count < value.GetDecimal():
                problems.Add(node.Problem("is empty"));
                break;
        }
    }

    private void CheckList(string name, JsonElement value, ConfigNode node, List<ConfigProblem> problems)
    {
        switch (name)
        {
            case "items":
                foreach (ConfigNode item in node.Items)
                {
                    Check(value, item, problems);
                }
                break;
            case "minItems" when node.Items.Count < value.GetDecimal():
                problems.Add(node.Problem(node.Items.Count == 0 ? "is empty" : $"needs at least {value.GetRawText()} elements"));
                break;
            case "uniqueItems" when value.GetBoolean():
                for (int i = 0; i < node.Items.Count; i++)
                {
                    if (node.Items.Take(i).Any(earlier => JsonEquality.Same(earlier, node.Items[i])))
                    {
                        problems.Add(node.Items[i].Problem($"{Shown(node.Items[i])} is named twice"));
                    }
                }
                break;
        }
    }

    /// <summary>When no branch holds, the problems are those of the branch that is about this kind of entry, if there is just one.</summary>
    private void CheckBranches(JsonElement branches, ConfigNode node, List<ConfigProblem> problems)
    {
        if (branches.EnumerateArray().Any(b => Holds(b, node)))
        {
            return;
        }
        JsonElement[] meant = [.. branches.EnumerateArray().Where(b => TypesOf(b) is { } types && types.Any(t => IsOfType(node, t)))];
        if (meant.Length == 1)
        {
            Check(meant[0], node, problems);
            return;
        }
        string[] names = [.. branches.EnumerateArray().SelectMany(b => TypesOf(b) ?? []).Distinct(StringComparer.Ordinal).Select(NameOf)];
        problems.Add(
            node.Problem(
                meant.Length == 0 && names.Length > 0 ? $"must be {Either(names)}, not {Named(node)}" : $"{Shown(node)} is not understood"
            )
        );
    }

    private bool Holds(JsonElement rule, ConfigNode node)
    {
        var problems = new List<ConfigProblem>();
        Check(rule, node, problems);
        return problems.Count == 0;
    }

    /// <summary>The types that a branch states, followed through references; null when it states none.</summary>
    private string[]? TypesOf(JsonElement rule) =>
        rule.ValueKind != JsonValueKind.Object ? null
        : rule.TryGetProperty("type", out JsonElement type) ? Types(type)
        : rule.TryGetProperty("$ref", out JsonElement reference) ? TypesOf(schema.Resolve(reference.GetString()!))
        : null;

    private static string[] Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.String ? [type.GetString()!] : [.. type.EnumerateArray().Select(t => t.GetString()!)];

    private static bool IsOfType(ConfigNode node, string type) =>
        type switch
        {
            "string" => node.Kind == ConfigNodeKind.Text,
            "number" => node.Kind == ConfigNodeKind.Number,
            "integer" => node.Kind == ConfigNodeKind.Number && decimal.IsInteger(node.Number),
            "boolean" => node.Kind == ConfigNodeKind.Boolean,
            "array" => node.Kind == ConfigNodeKind.List,
            "object" => node.Kind == ConfigNodeKind.Map,
            "null" => node.Kind == ConfigNodeKind.Null,
            _ => throw new NotSupportedException($"the schema's type '{type}' is not understood"),
        };

    private static string NameOf(string type) =>
        type switch
        {
            "string" => "text",
            "number" => "a number",
            "integer" => "a whole number",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "named entries",
            _ => "nothing",
        };

    private static string Named(ConfigNode node) =>
        node.Kind switch
        {
            ConfigNodeKind.Text => "text",
            ConfigNodeKind.Number or ConfigNodeKind.Boolean => node.Written,
            ConfigNodeKind.List => "a list",
            ConfigNodeKind.Map => "named entries",
            _ => "nothing",
        };

    private static string? QuoteHint(JsonElement type, ConfigNode node) =>
        node.Kind is ConfigNodeKind.Number or ConfigNodeKind.Boolean && Types(type).Contains("string")
            ? $"write it in quotes: \"{node.Written}\""
            : null;

    private static void AddChoiceProblem(string[] choices, ConfigNode node, List<ConfigProblem> problems)
    {
        string? nearest = node.Kind == ConfigNodeKind.Text && !node.HasVariables ? NearestName.Find(node.Text, choices) : null;
        string all = string.Join(", ", choices);
        problems.Add(node.Problem($"{Shown(node)} is not one of {all}", nearest is null ? null : $"did you mean '{nearest}'?"));
    }

    /// <summary>A value as it is written in the file: what came from the environment is not shown.</summary>
    private static string Shown(ConfigNode node)
    {
        const int Longest = 60;
        return node.Kind switch
        {
            ConfigNodeKind.Text => $"'{(node.Written.Length > Longest ? node.Written[..Longest] + "…" : node.Written)}'",
            _ => Named(node),
        };
    }

    private static string Either(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }

    private static int Length(string text) => text.EnumerateRunes().Count();

    private static bool Matches(string pattern, string text) =>
        Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternPatience);
}
