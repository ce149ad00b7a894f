using System.Text.Json;

namespace StreamEtl.Connectors.Journeys;

/// <summary>A step of a journey that is done, whoever did it.</summary>
/// <param name="Name">Its name, unique in the journey.</param>
/// <param name="CompletedAt">When it was done.</param>
/// <param name="Result">What it left for the steps behind it.</param>
public sealed record JourneyStep(string Name, DateTimeOffset CompletedAt, JsonElement Result);
