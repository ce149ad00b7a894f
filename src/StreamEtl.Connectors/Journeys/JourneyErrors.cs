using System.Globalization;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Journeys;

/// <summary>The errors of journeys, and which errors pass by themselves.</summary>
public static class JourneyErrors
{
    /// <summary>True for what another try may mend: a service that does not answer for now, an answer that was lost, others that were first.</summary>
    public static bool IsTransient(Exception error) =>
        error is StreamEtlException { Kind: ErrorKind.Unavailable or ErrorKind.OutcomeUnknown or ErrorKind.CommitConflict };

    /// <summary>Another process has the journey now.</summary>
    internal static StreamEtlException Lost(string key) =>
        new(
            ErrorKind.JourneyLost,
            $"another process took journey {Short(key)} over while this one was stopped or cut off: what this one would still have written was refused",
            hint: "nothing needs to be done: the other process completes it; streametl journeys show tells how far it is"
        );

    /// <summary>Another process has the journey, and is at work.</summary>
    internal static StreamEtlException Running(JourneyRecord record) =>
        new(
            ErrorKind.JourneyRunning,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the same journey ({Short(record.Key)}) is running already: {JourneyOwner.Describe(record.Owner)}, since {record.StartedAt?.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"
            ),
            hint: "nothing was started; wait for it to end"
        );

    /// <summary>As much of a key as people need.</summary>
    internal static string Short(string key) => key.Length > 12 ? key[..12] : key;
}
