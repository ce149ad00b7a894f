using System.Text.Json;

namespace StreamEtl.Connectors.Journeys;

/// <summary>What came of a journey.</summary>
/// <param name="Record">The record at its end.</param>
/// <param name="Result">The result, stored or new.</param>
/// <param name="Returned">True: the journey had been completed before, and nothing was done.</param>
/// <param name="TookOver">True: it had been begun by another process, which died or lost its lease.</param>
public sealed record JourneyOutcome(JourneyRecord Record, JsonElement Result, bool Returned, bool TookOver);
