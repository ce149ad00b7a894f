using System.Globalization;
using System.Text.Json;
using StreamEtl.Errors;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>
/// <c>table vacuum</c>: what the newest versions need stays, the rest of what belongs to the table goes: files that only older records name, and files that no
/// record names though their version is there already. Records stay for ever: the log remembers by them, and cleaning up tells by them
/// which files no version names (<see cref="TableLayout"/>); whoever removes one by hand takes that away. Files of versions that are still to come stay too, because a
/// run may be writing them. Whoever has opened a version before reads on: readers open all files of a version at once, and look again when the newest changes meanwhile.
/// </summary>
internal sealed class TableVacuumJob(RunContext run, TableVacuumOptions options) : TableCareJob(run, options)
{
    /// <inheritdoc/>
    protected override async Task TendAsync(TableLog log, Utf8JsonWriter json, List<string> lines)
    {
        if (options.Keep < 1)
        {
            throw new StreamEtlException(ErrorKind.Usage, "--keep must be at least 1", hint: "the newest version is the table");
        }
        IReadOnlyList<long> versions = await log.VersionsAsync(Run.CancellationToken).ConfigureAwait(false);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var named = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < versions.Count; i++)
        {
            CommitRecord record = await TableFinder.ReadAsync(log, versions[i], Run.CancellationToken).ConfigureAwait(false);
            (i >= versions.Count - options.Keep ? needed : named).UnionWith(
                record.Files.Select(f => f.Path).Concat(record.Ledger.Select(l => l.Path))
            );
        }
        named.ExceptWith(needed);
        List<ObjectInfo> garbage = await GarbageAsync(log, versions[^1], needed, named).ConfigureAwait(false);
        json.WriteStartObject();
        json.WriteString("table", log.Layout.Table);
        json.WriteNumber("newest", versions[^1]);
        json.WriteNumber("kept", Math.Min(options.Keep, versions.Count));
        json.WriteBoolean("dry_run", options.DryRun);
        json.WriteNumber("bytes", garbage.Sum(g => g.Length));
        json.WriteStartArray("removed");
        var text = new TextTable("bytes", "file");
        foreach (ObjectInfo info in garbage)
        {
            if (!options.DryRun)
            {
                await log.Store.DeleteAsync(info.Key, Run.CancellationToken).ConfigureAwait(false);
                CrashPoint.Reach("vacuum-removed");
            }
            json.WriteStringValue(info.Key);
            text.Add(info.Length, info.Key);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        if (!options.DryRun)
        {
            await log.Store.CleanAsync(log.Layout.Prefix, Run.CancellationToken).ConfigureAwait(false);
        }
        lines.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{log.Layout.Table}: {garbage.Count} file{(garbage.Count == 1 ? "" : "s")}, {garbage.Sum(g => g.Length):#,0} bytes {(options.DryRun ? "would be" : "were")} removed"
            )
        );
        if (garbage.Count > 0)
        {
            lines.AddRange(text.Lines());
        }
    }

    private async Task<List<ObjectInfo>> GarbageAsync(TableLog log, long newest, HashSet<string> needed, HashSet<string> named)
    {
        var garbage = new List<ObjectInfo>();
        foreach (string prefix in new[] { log.Layout.FullPrefix, log.Layout.LedgerPrefix })
        {
            await foreach (ObjectInfo info in log.Store.ListAsync(prefix, Run.CancellationToken).ConfigureAwait(false))
            {
                // A record names files of its own version and older ones only: what is not named by now never will be.
                if (!needed.Contains(info.Key) && TableLayout.VersionOf(info.Key) is > 0 and var version && version <= newest)
                {
                    garbage.Add(info);
                }
            }
        }
        foreach (
            string changes in named.Where(n => !n.StartsWith(log.Layout.Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        )
        {
            if (await log.Store.StatAsync(changes, Run.CancellationToken).ConfigureAwait(false) is { } info)
            {
                garbage.Add(info);
            }
        }
        return garbage;
    }
}
