using StreamEtl.Errors;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// Where journeys are kept: one record a key, changed only by conditional writes, so that of any number of processes that change one record at once exactly one does.
/// What the changes mean is <see cref="JourneyRunner"/>'s.
/// <para>
/// All members may be called at once, by many processes too. A store retries by itself what is worth retrying, and finds out what came of a write whose answer was lost; what comes out
/// is <see cref="StreamEtlException"/>: <see cref="ErrorKind.Unavailable"/> when it is worth another try later.
/// </para>
/// </summary>
public interface IJourneyStore : IAsyncDisposable
{
    /// <summary>How a user names it: a folder, or <c>dynamodb://TABLE</c>.</summary>
    string Name { get; }

    /// <summary>The newest record of a key; null when there is none. Sees every write that was answered before the call.</summary>
    ValueTask<JourneyRecord?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a record over the one of the revision before; revision 1 only where there is none. True: it is the newest record, durably. False: another has been written meanwhile, and
    /// this one is not there.
    /// </summary>
    ValueTask<bool> TryWriteAsync(JourneyRecord record, CancellationToken cancellationToken);

    /// <summary>The newest record of every key, in no order.</summary>
    IAsyncEnumerable<JourneyRecord> ListAsync(CancellationToken cancellationToken);
}
