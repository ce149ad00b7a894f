using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamEtl.Connectors.Journeys;

/// <summary>What is to be done, once.</summary>
public sealed record JourneyRequest
{
    /// <summary>Longest text of <see cref="JourneyRecord.Parameters"/> or <see cref="JourneyRecord.Command"/> in a record, since DynamoDB's items are limited.</summary>
    private const int LongestText = 64 << 10;

    /// <summary>Its name: <c>consolidate</c>.</summary>
    public required string Job { get; init; }

    /// <summary>The step that it begins with.</summary>
    public required string FirstStep { get; init; }

    /// <summary>Everything that decides its result, an object; see <see cref="JourneyKey"/>.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>The words of the command line, or null.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Where <see cref="Command"/> was given.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Whether the stored result of a completed journey still describes the world: its outputs are there as it left them. Where not, the work is done again.
    /// </summary>
    public required Func<JsonElement, CancellationToken, ValueTask<bool>> StillHolds { get; init; }

    /// <summary>The journey's key.</summary>
    public string Key => JourneyKey.Of(Job, Parameters);

    /// <summary>The record of a journey that nobody has begun.</summary>
    internal JourneyRecord NewRecord(Func<string, string> mask)
    {
        JsonElement parameters = Parameters;
        int length = JourneyKey.Canonical(parameters).Length;
        if (length > LongestText)
        {
            parameters = JsonElement.Parse($$"""{"left_out":"{{length}} bytes: too long for a record"}""");
        }
        return new JourneyRecord
        {
            Key = Key,
            Job = Job,
            Parameters = Masked(parameters, mask),
            Command = Command?.Sum(w => w.Length) > LongestText ? null : Command,
            Folder = Folder,
            Revision = 1,
        };
    }

    private static JsonElement Masked(JsonElement value, Func<string, string> mask) =>
        JsonElement.Parse(Masked(JsonNode.Parse(JourneyKey.Canonical(value)), mask)!.ToJsonString());

    private static JsonNode? Masked(JsonNode? value, Func<string, string> mask) =>
        value switch
        {
            JsonObject item => new JsonObject(item.Select(p => KeyValuePair.Create(p.Key, Masked(p.Value, mask)))),
            JsonArray items => new JsonArray([.. items.Select(i => Masked(i, mask))]),
            JsonValue text when text.TryGetValue(out string? s) => JsonValue.Create(mask(s)),
            _ => value?.DeepClone(),
        };
}
