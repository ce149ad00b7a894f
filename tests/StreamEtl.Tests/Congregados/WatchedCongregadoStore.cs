using System.Collections.Concurrent;
using System.Text.Json;
using StreamEtl.Connectors.Congregados;

namespace StreamEtl.Tests.Congregados;

/// <summary>A store that notes, of every write that was done, over which content it was.</summary>
public sealed class WatchedCongregadoStore(ICongregadoStore inner, ConcurrentBag<CongregadoWrite> log) : ICongregadoStore
{
    public string Name => inner.Name;

    public ValueTask<StoredCongregado?> FindAsync(string id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public async ValueTask<bool> TryReplaceAsync(string id, JsonElement item, StoredCongregado? seen, CancellationToken cancellationToken)
    {
        bool written = await inner.TryReplaceAsync(id, item, seen, cancellationToken);
        if (written)
        {
            log.Add(new CongregadoWrite(seen?.Version, seen?.Text("idempotency_key"), item.GetProperty("idempotency_key").GetString()!));
        }
        return written;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>No content was written over twice, none but the first over nothing, and the one that was never written over is there.</summary>
    public static void RequireChain(IReadOnlyCollection<CongregadoWrite> log, StoredCongregado there)
    {
        Assert.Equal(log.Count, log.Select(w => w.Seen).Distinct().Count());
        Assert.Equal(log.Count, log.Select(w => w.Written).Distinct().Count());
        Assert.Single(log, w => w.Seen is null);
        Assert.Equal(Assert.Single(log.Select(w => w.Written).Except(log.Select(w => w.Seen))), there.Text("idempotency_key"));
    }
}
