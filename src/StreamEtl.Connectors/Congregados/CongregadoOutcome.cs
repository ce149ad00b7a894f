using System.Text.Json;

namespace StreamEtl.Connectors.Congregados;

/// <summary>What came of storing a congregado.</summary>
/// <param name="Item">The item that is there.</param>
/// <param name="Returned">True: one of the same content was there already, and is as it was.</param>
public sealed record CongregadoOutcome(JsonElement Item, bool Returned);
