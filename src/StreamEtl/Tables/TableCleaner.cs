using System.Security.Cryptography;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// Removes what runs that were killed, or came second, have left. Only what provably no record names and none will (see <see cref="TableLayout"/>); what may belong to a run at
/// work stays.
/// </summary>
internal sealed class TableCleaner(TableLog log)
{
    /// <summary>Versions back from the newest whose files are looked at. A run that is killed this long after it was overtaken leaves something for <c>table vacuum</c>.</summary>
    private const int Versions = 16;

    private readonly Dictionary<long, HashSet<string>> _named = [];

    /// <summary>Cleans up; returns the number of objects removed.</summary>
    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<long> versions = await log.VersionsAsync(cancellationToken).ConfigureAwait(false);
        if (versions.Count == 0)
        {
            return 0;
        }
        long newest = versions[^1];
        int removed = 0;
        foreach (string prefix in new[] { log.Layout.FullPrefix, log.Layout.LedgerPrefix })
        {
            foreach (string key in await ListAsync(prefix, newest, cancellationToken).ConfigureAwait(false))
            {
                if (!await IsNamedAsync(key, TableLayout.VersionOf(key), cancellationToken).ConfigureAwait(false))
                {
                    await log.Store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
                    removed++;
                }
            }
        }
        foreach (string intent in await ListAsync(log.Layout.IntentPrefix, newest, cancellationToken).ConfigureAwait(false))
        {
            removed += await CleanIntentAsync(intent, cancellationToken).ConfigureAwait(false);
        }
        foreach (string prefix in new[] { log.Layout.Prefix, $"cdc/{log.Layout.Table}_", log.Layout.Published })
        {
            removed += await log.Store.CleanAsync(prefix, cancellationToken).ConfigureAwait(false);
        }
        return removed;
    }

    /// <summary>Keys of versions that exist, not too far back.</summary>
    private async Task<List<string>> ListAsync(string prefix, long newest, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (ObjectInfo info in log.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            long version = TableLayout.VersionOf(info.Key);
            if (version > 0 && version <= newest && version > newest - Versions)
            {
                keys.Add(info.Key);
            }
        }
        return keys;
    }

    /// <summary>Whether the record of the version that a file was made for names it; no other could be the first to.</summary>
    private async ValueTask<bool> IsNamedAsync(string key, long version, CancellationToken cancellationToken)
    {
        if (!_named.TryGetValue(version, out HashSet<string>? named))
        {
            CommitRecord? record = await log.ReadAsync(version, cancellationToken).ConfigureAwait(false);
            // Without a record that can be read nobody knows, and all is kept.
            named = record is null ? null : [.. record.Files.Select(f => f.Path), .. record.Ledger.Select(l => l.Path)];
            _named[version] = named ?? [];
        }
        return named is null || named.Count == 0 || named.Contains(key);
    }

    /// <summary>
    /// Follows the note of a run: the change file that it made goes if no record names it. A run that is still at work, and has not made its file yet, looks for the record of
    /// its version before it does: it was overtaken, and will make none.
    /// </summary>
    private async Task<int> CleanIntentAsync(string intent, CancellationToken cancellationToken)
    {
        byte[]? json = await log.Store.ReadWholeAsync(intent, TableNote.MaxBytes, cancellationToken).ConfigureAwait(false);
        if (json is null || ReadNote(json) is not { } note)
        {
            return 0;
        }
        int removed = 0;
        if (
            !await IsNamedAsync(note.Key, TableLayout.VersionOf(intent), cancellationToken).ConfigureAwait(false)
            && await log.Store.StatAsync(note.Key, cancellationToken).ConfigureAwait(false) is not null
            && await HasContentAsync(note, cancellationToken).ConfigureAwait(false)
        )
        {
            await log.Store.DeleteAsync(note.Key, cancellationToken).ConfigureAwait(false);
            removed++;
        }
        await log.Store.DeleteAsync(intent, cancellationToken).ConfigureAwait(false);
        return removed + 1;
    }

    /// <summary>Whether the file is the one that the note speaks of: another run may have got the name.</summary>
    private async Task<bool> HasContentAsync((string Key, string Sha256) note, CancellationToken cancellationToken)
    {
        IRangeReader reader = await log.Store.OpenReadAsync(note.Key, tag: null, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] block = new byte[1 << 18];
            int count;
            for (
                long offset = 0;
                (count = await reader.ReadAtAsync(offset, block, cancellationToken).ConfigureAwait(false)) > 0;
                offset += count
            )
            {
                hash.AppendData(block.AsSpan(0, count));
            }
            return Convert.ToHexStringLower(hash.GetCurrentHash()) == note.Sha256;
        }
    }

    private static (string Key, string Sha256)? ReadNote(byte[] json) =>
        TableNote.Read(json)?.Split(' ') is [var key, var sha256] ? (key, sha256) : null;
}
