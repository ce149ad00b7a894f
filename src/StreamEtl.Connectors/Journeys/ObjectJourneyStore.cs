using System.Runtime.CompilerServices;
using StreamEtl.Connectors.Records;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Journeys;

/// <summary>Journeys as objects of a store, which is a folder as a rule: revisions of <c>KEY[0..2]/KEY</c>, as <see cref="RevisionedObjects"/> keeps them.</summary>
public sealed class ObjectJourneyStore(IObjectStore store, TimeProvider time) : IJourneyStore
{
    /// <summary>Ended journeys are forgotten after this time, when another journey of the same folder ends.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private readonly RevisionedObjects _objects = new(store, "journey");

    /// <inheritdoc/>
    public string Name => _objects.Name;

    /// <inheritdoc/>
    public ValueTask<JourneyRecord?> FindAsync(string key, CancellationToken cancellationToken) =>
        FindNamedAsync(NameOf(key), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> TryWriteAsync(JourneyRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        byte[] bytes = JourneyJson.Write(record, indented: true);
        if (!await _objects.TryWriteAsync(NameOf(record.Key), record.Revision, bytes, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        if (record.Status is JourneyStatus.Completed or JourneyStatus.Failed)
        {
            await ForgetOldAsync(record.Key, cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JourneyRecord> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach ((string name, long newest) in await _objects.NewestAsync("", cancellationToken).ConfigureAwait(false))
        {
            byte[]? json = await _objects.ReadAsync(name, newest, cancellationToken).ConfigureAwait(false);
            // What is gone has made way for a newer revision, or was forgotten.
            JourneyRecord? record = json is null ? await FindNamedAsync(name, cancellationToken).ConfigureAwait(false) : Read(json, name);
            if (record is not null)
            {
                yield return record;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<JourneyRecord?> FindNamedAsync(string name, CancellationToken cancellationToken) =>
        await _objects.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } found ? Read(found.Bytes, name) : null;

    private JourneyRecord Read(byte[] json, string name) => JourneyJson.Read(json, StoreErrors.At(_objects.Name, name).Source);

    private async ValueTask ForgetOldAsync(string key, CancellationToken cancellationToken)
    {
        DateTimeOffset before = time.GetUtcNow() - Kept;
        foreach ((string other, long newest) in await _objects.NewestAsync(Folder(key), cancellationToken).ConfigureAwait(false))
        {
            // One that changes meanwhile has not ended long ago.
            if (
                other != NameOf(key)
                && await _objects.ReadAsync(other, newest, cancellationToken).ConfigureAwait(false) is { } json
                && Read(json, other) is { Status: JourneyStatus.Completed or JourneyStatus.Failed, CompletedAt: { } ended }
                && ended < before
            )
            {
                await _objects.ForgetAsync(other, newest, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string Folder(string key) => key.Length < 2 ? "" : key[..2] + "/";

    private static string NameOf(string key) => Folder(key) + key;
}
