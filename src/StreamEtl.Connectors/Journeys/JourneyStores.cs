using System.Runtime.CompilerServices;
using StreamEtl.Connectors.Dynamo;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Journeys;

/// <summary>Opens the store that a user names.</summary>
public static class JourneyStores
{
    /// <summary>The name that means: keep no journeys.</summary>
    public const string None = "none";

    /// <summary>Where journeys are kept when nobody says: a folder of the user's state (XDG Base Directory), or null where there is no such place.</summary>
    /// <param name="variable">An environment variable; null when it is absent.</param>
    public static string? DefaultFolder(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        string? state =
            variable("XDG_STATE_HOME") is { Length: > 0 } stated && Path.IsPathRooted(stated) ? stated
            : OperatingSystem.IsWindows() ? variable("LOCALAPPDATA")
            : variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, ".local", "state")
            : null;
        return state is { Length: > 0 } ? Path.Combine(state, "streametl", "journeys") : null;
    }

    /// <summary>Opens a store: a folder, or a table of DynamoDB. Nothing is asked of it, or made, before the first journey.</summary>
    /// <param name="name">As the user names it.</param>
    /// <param name="variable">An environment variable; null when it is absent.</param>
    /// <param name="time">Now.</param>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: the name is none.</exception>
    public static IJourneyStore Open(string name, Func<string, string?> variable, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith(DynamoName.Scheme, StringComparison.Ordinal))
        {
            return OpenDynamo(name, variable, time);
        }
        if (StorePath.IsOne(name))
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"'{name}' is not a store of journeys",
                hint: "name a folder, or a table: dynamodb://journey_control"
            );
        }
        return new ObjectJourneyStore(new LocalStore(name), time);
    }

    /// <summary>Apart, so that nothing of the SDK is loaded for a folder.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DynamoJourneyStore OpenDynamo(string name, Func<string, string?> variable, TimeProvider time) =>
        DynamoJourneyStore.Open(name, variable, time);
}
