using System.Globalization;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Connectors.Records;

/// <summary>
/// Records as objects of a store, which is a folder as a rule: each revision of a record is an object of its own, <c>NAME-REVISION.json</c> with ten digits, created only if absent, and the
/// newest is the one that counts. So no lock is held, and a process that is stopped at any instant stops nobody.
/// <para>
/// Older revisions are removed, in order, but for a few. Whoever slept through that could create a revision that was there and is gone: so a writer looks, after it has created its own,
/// whether the one before is still there. If it is, its own was never removed, and so nobody else's. If not, it came too late, and readers never see what it created, for there are newer ones.
/// The first has none before it: when it is removed, a mark is left, as revision 0. Newer ones say nothing: others may have followed at once. The few that are kept are what could follow
/// between the two steps of a writer without its taking itself for late.
/// </para>
/// </summary>
/// <param name="store">Where.</param>
/// <param name="what">What a record is in messages: <c>journey</c>. Tests can kill the process at <c>WHAT-written</c>.</param>
internal sealed class RevisionedObjects(IObjectStore store, string what)
{
    private const int RevisionDigits = 10;

    /// <summary>Revisions that stay, the newest among them.</summary>
    private const int Kept = 8;

    /// <summary>The revision that says that the first one was there.</summary>
    private const long Mark = 0;

    private const int MostBytes = 4 << 20;
    private const int ReadAttempts = 20;
    private const string Extension = ".json";

    /// <summary>How a user names the store.</summary>
    public string Name => store.Name;

    /// <summary>The newest revision of a record, and its bytes; null when there is none. Sees every write that was answered before the call.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Unavailable"/>: it changes faster than it can be read; what the store says.</exception>
    public async ValueTask<(long Revision, byte[] Bytes)?> FindAsync(string name, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            SortedSet<long> revisions = await RevisionsAsync(name, long.MaxValue, cancellationToken).ConfigureAwait(false);
            if (revisions.Count == 0)
            {
                return null;
            }
            long newest = revisions.Max;
            if (await ReadAsync(name, newest, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                return (newest, bytes);
            }
            // A newer one has come, and this one gone, since the listing.
            if (attempt == ReadAttempts)
            {
                throw new StreamEtlException(
                    ErrorKind.Unavailable,
                    $"the record of the {what} changes faster than it can be read",
                    StoreErrors.At(store.Name, ObjectOf(name, newest))
                );
            }
        }
    }

    /// <summary>
    /// Writes a record over the one of the revision before; revision 1 only where there is none. True: it was the newest record, durably. False: another has been written meanwhile, and this
    /// one is not there.
    /// </summary>
    public async ValueTask<bool> TryWriteAsync(string name, long revision, byte[] bytes, CancellationToken cancellationToken)
    {
        string mine = ObjectOf(name, revision);
        if (!await CreateAsync(mine, bytes, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        CrashPoint.Reach(what + "-written");
        ObjectInfo? before = await store.StatAsync(ObjectOf(name, revision - 1), cancellationToken).ConfigureAwait(false);
        bool isLate = revision == 1 ? before is not null : before is null;
        if (isLate)
        {
            await store.DeleteAsync(mine, cancellationToken).ConfigureAwait(false);
            return false;
        }
        if (revision > Kept)
        {
            SortedSet<long> old = await RevisionsAsync(name, revision - Kept, cancellationToken).ConfigureAwait(false);
            await ForgetAsync(old.Select(r => ObjectOf(name, r)), old.Contains(1) ? ObjectOf(name, Mark) : null, cancellationToken)
                .ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>The names of all records that begin with <paramref name="prefix"/>, in order, and the newest revision of each, in one listing.</summary>
    public async ValueTask<IReadOnlyDictionary<string, long>> NewestAsync(string prefix, CancellationToken cancellationToken)
    {
        var newest = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await foreach (ObjectInfo info in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            int dash = info.Key.LastIndexOf('-');
            if (dash > 0 && RevisionOf(info.Key, info.Key[..dash]) is > 0 and var revision)
            {
                string name = info.Key[..dash];
                newest[name] = Math.Max(revision, newest.GetValueOrDefault(name));
            }
        }
        return newest;
    }

    /// <summary>The bytes of a revision; null when it is gone.</summary>
    public async ValueTask<byte[]?> ReadAsync(string name, long revision, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadWholeAsync(ObjectOf(name, revision), MostBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.Replaced)
        {
            return null;
        }
    }

    /// <summary>Removes a record whose newest revision is <paramref name="revision"/>. A fault leaves some of it, which does no harm.</summary>
    public async ValueTask ForgetAsync(string name, long revision, CancellationToken cancellationToken)
    {
        SortedSet<long> old = await RevisionsAsync(name, revision - 1, cancellationToken).ConfigureAwait(false);
        // The newest at last: what a fault leaves must not be an older state, nor a mark where no record is.
        await ForgetAsync([.. old.Select(r => ObjectOf(name, r)), ObjectOf(name, Mark), ObjectOf(name, revision)], null, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>The revisions of a record up to <paramref name="last"/> that are there.</summary>
    private async ValueTask<SortedSet<long>> RevisionsAsync(string name, long last, CancellationToken cancellationToken)
    {
        var found = new SortedSet<long>();
        await foreach (ObjectInfo info in store.ListAsync(name + '-', cancellationToken).ConfigureAwait(false))
        {
            long revision = RevisionOf(info.Key, name);
            if (revision > 0 && revision <= last)
            {
                found.Add(revision);
            }
        }
        return found;
    }

    /// <summary>Removes objects in order, after the mark was left. What is left over is of no harm, so a fault here does not fail a write that was done.</summary>
    private async ValueTask ForgetAsync(IEnumerable<string> objects, string? mark, CancellationToken cancellationToken)
    {
        try
        {
            if (mark is not null)
            {
                await CreateAsync(mark, "{}"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            }
            foreach (string key in objects)
            {
                await store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (StreamEtlException)
        {
            // The next write finds them again.
        }
    }

    private async ValueTask<bool> CreateAsync(string key, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            return await store.WriteWholeAsync(key, bytes, WriteCondition.IfAbsent, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.OutcomeUnknown)
        {
            byte[]? found = await store.ReadWholeAsync(key, MostBytes, cancellationToken).ConfigureAwait(false);
            if (found is null)
            {
                throw;
            }
            return found.AsSpan().SequenceEqual(bytes);
        }
    }

    private static string ObjectOf(string name, long revision) =>
        $"{name}-{revision.ToString("D" + RevisionDigits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)}{Extension}";

    /// <summary>The revision that an object is of a record; 0 when it is none of it.</summary>
    private static long RevisionOf(string key, string name) =>
        key.Length == name.Length + 1 + RevisionDigits + Extension.Length
        && key.StartsWith(name, StringComparison.Ordinal)
        && key[name.Length] == '-'
        && key.EndsWith(Extension, StringComparison.Ordinal)
        && long.TryParse(key.AsSpan(name.Length + 1, RevisionDigits), NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
            ? revision
            : 0;
}
