using System.Text.Json;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Congregados;

/// <summary>
/// Where congregados are kept: one item an id, replaced only by conditional writes, so that of any number of processes that replace one item at once exactly one does.
/// <para>
/// All members may be called at once, by many processes too. A store retries by itself what is worth retrying, and finds out what came of a write whose answer was lost; what comes out
/// is <see cref="StreamEtlException"/>: <see cref="ErrorKind.Unavailable"/> when it is worth another try later.
/// </para>
/// </summary>
public interface ICongregadoStore : IAsyncDisposable
{
    /// <summary>How a user names it: a folder, or <c>dynamodb://TABLE</c>.</summary>
    string Name { get; }

    /// <summary>The item of an id as it is; null when there is none. Sees every write that was answered before the call.</summary>
    ValueTask<StoredCongregado?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Puts an item in the place of the one that was <paramref name="seen"/>, or of none. True: it is there, durably. False: what is there is not what was seen, and nothing was written.
    /// </summary>
    ValueTask<bool> TryReplaceAsync(string id, JsonElement item, StoredCongregado? seen, CancellationToken cancellationToken);
}
