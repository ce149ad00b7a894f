using StreamEtl.Connectors.Journeys;

namespace StreamEtl.Cli.Runtime;

/// <summary>Where and how journeys are kept.</summary>
internal sealed record JourneySettings
{
    /// <summary>No journeys.</summary>
    public static readonly JourneySettings Off = new();

    /// <summary>The store's name, or null: keep none.</summary>
    public string? Store { get; init; }

    /// <summary>True when the user named the store: that it does not work is then an error.</summary>
    public bool IsNamed { get; init; }

    /// <summary>How patient they are.</summary>
    public JourneyRules Rules { get; init; } = new();

    /// <summary>The words of the command line, for <c>journeys retry</c>.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
}
