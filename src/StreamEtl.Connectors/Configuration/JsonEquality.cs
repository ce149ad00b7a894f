using System.Text.Json;

namespace StreamEtl.Connectors.Configuration;

/// <summary>Equality of JSON values (section 4.2.2 of the JSON Schema core): numbers by value, maps in any order, nothing across kinds.</summary>
internal static class JsonEquality
{
    /// <summary>Whether an entry is a value of the schema.</summary>
    public static bool Same(JsonElement value, ConfigNode node) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => node.Kind == ConfigNodeKind.Null,
            JsonValueKind.True or JsonValueKind.False => node.Kind == ConfigNodeKind.Boolean && node.Boolean == value.GetBoolean(),
            JsonValueKind.Number => node.Kind == ConfigNodeKind.Number && node.Number == value.GetDecimal(),
            JsonValueKind.String => node.Kind == ConfigNodeKind.Text && node.Text == value.GetString(),
            JsonValueKind.Array => node.Kind == ConfigNodeKind.List
                && node.Items.Count == value.GetArrayLength()
                && value.EnumerateArray().Zip(node.Items).All(p => Same(p.First, p.Second)),
            _ => node.Kind == ConfigNodeKind.Map
                && node.Properties.Count == value.EnumerateObject().Count()
                && node.Properties.All(p => value.TryGetProperty(p.Name, out JsonElement other) && Same(other, p.Value)),
        };

    /// <summary>Whether two entries are one value.</summary>
    public static bool Same(ConfigNode left, ConfigNode right) =>
        left.Kind == right.Kind
        && left.Kind switch
        {
            ConfigNodeKind.Null => true,
            ConfigNodeKind.Boolean or ConfigNodeKind.Number => left.Number == right.Number,
            ConfigNodeKind.Text => left.Text == right.Text,
            ConfigNodeKind.List => left.Items.Count == right.Items.Count && left.Items.Zip(right.Items).All(p => Same(p.First, p.Second)),
            _ => left.Properties.Count == right.Properties.Count
                && left.Properties.All(p =>
                    right.Properties.FirstOrDefault(o => o.Name == p.Name) is { } other && Same(p.Value, other.Value)
                ),
        };
}
