using System.Globalization;
using System.Runtime.CompilerServices;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// Journeys as objects of a store, which is a folder as a rule: each revision of a record is an object of its own, <c>KEY[0..2]/KEY-REVISION.json</c>, created only if absent, and the
/// newest is the one that counts. So no lock is held, and a process that is stopped at any instant stops nobody.
/// <para>
/// Older revisions are removed, but for one. Whoever slept through that could create a revision that was there and is gone: so a writer looks, after it has created its own, whether a newer
/// one is there, in which case it came too late, and readers never see what it created.
/// </para>
/// </summary>
public sealed class ObjectJourneyStore(IObjectStore store, TimeProvider time) : IJourneyStore
{
    /// <summary>Ended journeys are forgotten after this time, when another journey of the same folder ends.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const int RevisionDigits = 10;
    private const int MostBytes = 4 << 20;
    private const int ReadAttempts = 20;
    private const string Extension = ".json";

    /// <inheritdoc/>
    public string Name => store.Name;

    /// <inheritdoc/>
    public async ValueTask<JourneyRecord?> FindAsync(string key, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            long newest = 0;
            await foreach (ObjectInfo info in store.ListAsync(Prefix(key), cancellationToken).ConfigureAwait(false))
            {
                newest = Math.Max(newest, RevisionOf(info.Key));
            }
            if (newest == 0)
            {
                return null;
            }
            if (await ReadAsync(ObjectOf(key, newest), cancellationToken).ConfigureAwait(false) is { } record)
            {
                return record;
            }
            // A newer one has come, and this one gone, since the listing.
            if (attempt == ReadAttempts)
            {
                throw new StreamEtlException(
                    ErrorKind.Unavailable,
                    "the record of the journey changes faster than it can be read",
                    StoreErrors.At(store.Name, ObjectOf(key, newest))
                );
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryWriteAsync(JourneyRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        string name = ObjectOf(record.Key, record.Revision);
        byte[] bytes = JourneyJson.Write(record, indented: true);
        if (!await CreateAsync(name, bytes, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        CrashPoint.Reach("journey-written");
        List<string> older = [];
        bool follows = record.Revision == 1;
        await foreach (ObjectInfo info in store.ListAsync(Prefix(record.Key), cancellationToken).ConfigureAwait(false))
        {
            long revision = RevisionOf(info.Key);
            if (revision > record.Revision)
            {
                follows = false;
                break;
            }
            follows |= revision == record.Revision - 1;
            if (revision < record.Revision - 1)
            {
                older.Add(info.Key);
            }
        }
        if (!follows)
        {
            await store.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
            return false;
        }
        await ForgetAsync(older, cancellationToken).ConfigureAwait(false);
        if (record.Status is JourneyStatus.Completed or JourneyStatus.Failed)
        {
            await ForgetOldAsync(record.Key, cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JourneyRecord> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string key in await KeysAsync("", cancellationToken).ConfigureAwait(false))
        {
            if (await FindAsync(key, cancellationToken).ConfigureAwait(false) is { } record)
            {
                yield return record;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<bool> CreateAsync(string name, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            return await store.WriteWholeAsync(name, bytes, WriteCondition.IfAbsent, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.OutcomeUnknown)
        {
            byte[]? found = await store.ReadWholeAsync(name, MostBytes, cancellationToken).ConfigureAwait(false);
            if (found is null)
            {
                throw;
            }
            return found.AsSpan().SequenceEqual(bytes);
        }
    }

    private async ValueTask<JourneyRecord?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadWholeAsync(name, MostBytes, cancellationToken).ConfigureAwait(false) is { } bytes
                ? JourneyJson.Read(bytes, StoreErrors.At(store.Name, name).Source)
                : null;
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.Replaced)
        {
            return null;
        }
    }

    private async ValueTask<IReadOnlyCollection<string>> KeysAsync(string prefix, CancellationToken cancellationToken)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (ObjectInfo info in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (RevisionOf(info.Key) > 0)
            {
                int slash = info.Key.LastIndexOf('/');
                keys.Add(info.Key[(slash + 1)..info.Key.LastIndexOf('-')]);
            }
        }
        return keys;
    }

    private async ValueTask ForgetOldAsync(string key, CancellationToken cancellationToken)
    {
        DateTimeOffset before = time.GetUtcNow() - Kept;
        foreach (string other in await KeysAsync(Folder(key), cancellationToken).ConfigureAwait(false))
        {
            if (
                other != key
                && await FindAsync(other, cancellationToken).ConfigureAwait(false)
                    is { Status: JourneyStatus.Completed or JourneyStatus.Failed, CompletedAt: { } ended } record
                && ended < before
            )
            {
                await ForgetAsync([ObjectOf(other, record.Revision - 1), ObjectOf(other, record.Revision)], cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>What is left over is of no harm, so a fault here does not fail a write that was done.</summary>
    private async ValueTask ForgetAsync(List<string> names, CancellationToken cancellationToken)
    {
        try
        {
            foreach (string name in names)
            {
                await store.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (StreamEtlException)
        {
            // The next write finds them again.
        }
    }

    private static string Folder(string key) => key.Length < 2 ? "" : key[..2] + "/";

    private static string Prefix(string key) => $"{Folder(key)}{key}-";

    private static string ObjectOf(string key, long revision) =>
        Prefix(key)
        + revision.ToString("D" + RevisionDigits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        + Extension;

    private static long RevisionOf(string name) =>
        name.EndsWith(Extension, StringComparison.Ordinal)
        && long.TryParse(
            name.AsSpan(name.LastIndexOf('-') + 1)[..^Extension.Length],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long revision
        )
            ? revision
            : 0;
}
