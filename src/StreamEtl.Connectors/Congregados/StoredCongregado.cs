using System.Text.Json;

namespace StreamEtl.Connectors.Congregados;

/// <summary>An item as a store has it.</summary>
/// <param name="Item">Its attributes, an object.</param>
/// <param name="Version">Tells this write of it from every other; only the store knows what it means.</param>
public sealed record StoredCongregado(JsonElement Item, string Version)
{
    /// <summary>A text of the item; null when there is none of that name.</summary>
    public string? Text(string name) =>
        Item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
