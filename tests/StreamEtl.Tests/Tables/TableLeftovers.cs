using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Tests.Tables;

/// <summary>What lies in a store that the table does not need: nothing, after a run has ended well.</summary>
internal static class TableLeftovers
{
    /// <summary>Fails unless everything of versions that there are is named by a record, and what is published is the newest full load.</summary>
    public static async Task RequireNoneAsync(IObjectStore store, string table)
    {
        var log = new TableLog(store, new TableLayout(table));
        var named = new HashSet<string> { log.Layout.Published, log.Layout.PublishedNote };
        CommitRecord? newest = null;
        foreach (long version in await log.VersionsAsync(default))
        {
            newest = (await log.ReadAsync(version, default))!;
            named.Add(log.Layout.Commit(version));
            named.UnionWith(newest.Files.Select(f => f.Path));
            named.UnionWith(newest.Ledger.Select(l => l.Path));
        }
        List<string> all = await store.ListAsync("", default).Select(o => o.Key).ToListAsync();
        // Files of a version that is not there yet may be those of a run at work; whoever makes the version removes them.
        if (all.Except(named).Where(k => TableLayout.VersionOf(k) <= (newest?.Version ?? 0)).ToList() is { Count: > 0 } left)
        {
            throw new WrongTableException($"left over: {string.Join(", ", left)}");
        }
        byte[]? published = await store.ReadWholeAsync(log.Layout.Published, 1 << 24, default);
        byte[]? full = newest is null ? null : await store.ReadWholeAsync(newest.Files[0].Path, 1 << 24, default);
        if (full is not null && !full.AsSpan().SequenceEqual(published))
        {
            throw new WrongTableException("what is published is not the newest full load");
        }
    }
}
