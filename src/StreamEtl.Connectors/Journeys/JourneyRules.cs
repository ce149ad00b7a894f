namespace StreamEtl.Connectors.Journeys;

/// <summary>How patient journeys are.</summary>
public sealed record JourneyRules
{
    /// <summary>How long an owner that says nothing keeps a journey; it is renewed at every third of this.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Times that an error which passes by itself is tried again within one run.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Longest wait for another process that works on the same journey; null: as long as it keeps its lease.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>Wait before the first retry; each further one waits twice as long, up to <see cref="LongestPause"/>, and all of them up to half as long again.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a retry.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);
}
