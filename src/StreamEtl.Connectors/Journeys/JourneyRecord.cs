using System.Text.Json;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// The durable record of one journey: one job with one set of parameters. Immutable; a change is a copy of the next <see cref="Revision"/>, which a store takes only from
/// whoever has seen the one before.
/// </summary>
public sealed record JourneyRecord
{
    /// <summary><c>idempotency_key</c>: the hash that <see cref="JourneyKey"/> makes.</summary>
    public required string Key { get; init; }

    /// <summary><c>status</c>.</summary>
    public JourneyStatus Status { get; init; }

    /// <summary><c>step</c>: the step at work, or the last one that was; null before the first.</summary>
    public string? Step { get; init; }

    /// <summary><c>started_at</c>: when work first began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary><c>completed_at</c>: when it was completed or given up.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary><c>retry_count</c>: times that work began again: after an error that passes, after a failed run, after a run that died.</summary>
    public int RetryCount { get; init; }

    /// <summary><c>metadata.job</c>: what is done, such as <c>consolidate</c>.</summary>
    public required string Job { get; init; }

    /// <summary><c>metadata.parameters</c>: an object; with the job, what the key is the hash of. A long one is cut short here.</summary>
    public JsonElement Parameters { get; init; }

    /// <summary><c>metadata.command</c>: the words of the command line, for <c>journeys retry</c>; null when they are not known or too many.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary><c>metadata.folder</c>: where <see cref="Command"/> was given.</summary>
    public string? Folder { get; init; }

    /// <summary><c>metadata.steps</c>: what is done and need not be done again.</summary>
    public IReadOnlyList<JourneyStep> Steps { get; init; } = [];

    /// <summary><c>result</c>: an object, once completed.</summary>
    public JsonElement? Result { get; init; }

    /// <summary><c>error</c>: why it failed, or why it is being tried again.</summary>
    public string? Error { get; init; }

    /// <summary><c>owner</c>: who works on it, see <see cref="JourneyOwner"/>; null when nobody does.</summary>
    public string? Owner { get; init; }

    /// <summary><c>lease</c>: until when the owner has it, to the millisecond; null when nobody has.</summary>
    public DateTimeOffset? Lease { get; init; }

    /// <summary><c>fence</c>: grows by one whenever the owner changes.</summary>
    public long Fence { get; init; }

    /// <summary><c>revision</c>: 1, and one more with every write.</summary>
    public long Revision { get; init; }
}
