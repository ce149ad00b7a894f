using StreamEtl.Errors;

namespace StreamEtl.Connectors.Congregados;

/// <summary>
/// Stores a congregado, once for each content: look, and if another content is there, or none, write on the condition that nothing has changed since the look. Whoever was first is seen by
/// the next look, so of several contents the last one stays, and none is written over unseen.
/// </summary>
public static class CongregadoRecorder
{
    private const int Attempts = 200;

    /// <summary>Stores it, or returns what is there when that has the same content.</summary>
    /// <param name="store">Where.</param>
    /// <param name="congregado">What.</param>
    /// <param name="time">Now.</param>
    /// <param name="beforeWrite">Asked between each look and its write; throws when this process may write no more. So a process that slept in between is refused by one or the other.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: the id is another table's; what the store says.</exception>
    public static async Task<CongregadoOutcome> StoreAsync(
        ICongregadoStore store,
        Congregado congregado,
        TimeProvider time,
        Func<CancellationToken, ValueTask> beforeWrite,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(congregado);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(beforeWrite);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            StoredCongregado? seen = await store.FindAsync(congregado.Id, cancellationToken).ConfigureAwait(false);
            if (seen?.Text("idempotency_key") == congregado.Key)
            {
                return new CongregadoOutcome(seen.Item, Returned: true);
            }
            RefuseAnother(store, seen, congregado.Database, congregado.Table);
            await beforeWrite(cancellationToken).ConfigureAwait(false);
            System.Text.Json.JsonElement item = congregado.ToItem(seen?.Text("created_at"), time.GetUtcNow());
            if (await store.TryReplaceAsync(congregado.Id, item, seen, cancellationToken).ConfigureAwait(false))
            {
                return new CongregadoOutcome(item, Returned: false);
            }
        }
        throw new StreamEtlException(
            ErrorKind.Unavailable,
            $"the item '{congregado.Id}' changes faster than it can be replaced",
            new RecordPosition(store.Name, 0, -1),
            "run again later"
        );
    }

    /// <summary>Refuses, before anything is done, a store that cannot be reached, and an id that is another table's.</summary>
    /// <exception cref="StreamEtlException">As of <see cref="StoreAsync"/>.</exception>
    public static async Task CheckAsync(ICongregadoStore store, string database, string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        StoredCongregado? seen = await store.FindAsync(Congregado.IdOf(database, table), cancellationToken).ConfigureAwait(false);
        RefuseAnother(store, seen, database, table);
    }

    /// <summary><c>a_b</c> and <c>c</c> have the id of <c>a</c> and <c>b_c</c>: one must not become the other unseen.</summary>
    private static void RefuseAnother(ICongregadoStore store, StoredCongregado? seen, string database, string table)
    {
        if (
            seen?.Text("database") is { } otherDatabase
            && seen.Text("tabela_consolidada") is { } other
            && (otherDatabase, other) != (database, table)
        )
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"the item '{Congregado.IdOf(database, table)}' is of table '{other}' in database '{otherDatabase}', which makes the same id",
                new RecordPosition(store.Name, 0, -1),
                "store one of them elsewhere: name another --congregado"
            );
        }
    }
}
