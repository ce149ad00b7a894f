using System.Globalization;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>Finds tables and their versions, with errors that say what there is instead.</summary>
public static class TableFinder
{
    /// <summary>The names of the tables in a store, in order.</summary>
    public static async ValueTask<IReadOnlyList<string>> TablesAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (ObjectInfo info in store.ListAsync(TableLayout.Root, cancellationToken).ConfigureAwait(false))
        {
            string[] parts = info.Key.Split('/');
            if (parts is [_, var name, "commits", _] && TableLayout.VersionOf(info.Key) > 0)
            {
                names.Add(name);
            }
        }
        return [.. names];
    }

    /// <summary>The log of a table that there is.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.InputNotFound"/>: there is none of that name; the nearest is named.</exception>
    public static async ValueTask<TableLog> OpenAsync(IObjectStore store, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var log = new TableLog(store, new TableLayout(TableName.Normalize(name)));
        if ((await log.VersionsAsync(cancellationToken).ConfigureAwait(false)).Count > 0)
        {
            return log;
        }
        IReadOnlyList<string> tables = await TablesAsync(store, cancellationToken).ConfigureAwait(false);
        throw tables.Count == 0
            ? NoTables(store, log.Layout.Table)
            : new StreamEtlException(
                ErrorKind.InputNotFound,
                $"there is no table '{log.Layout.Table}' in '{store.Name}'",
                hint: NearestName.Hint(log.Layout.Table, tables, "tables")
            );
    }

    /// <summary>The error for a place that holds no table at all.</summary>
    public static StreamEtlException NoTables(IObjectStore store, string? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new StreamEtlException(
            ErrorKind.InputNotFound,
            wanted is null
                ? $"there is no table in '{store.Name}'"
                : $"there is no table '{wanted}', nor any other table, in '{store.Name}'",
            hint: $"streametl ingest INPUT --table {wanted ?? "NAME"} --into {store.Name} --key COLS makes one"
        );
    }

    /// <summary>A version that there is; null stands for the newest. That it can still be read is not said.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.InputNotFound"/>: there is no such version; those that there are are named.</exception>
    public static async ValueTask<CommitRecord> ReadAsync(TableLog log, long? version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        IReadOnlyList<long> versions = await log.VersionsAsync(cancellationToken).ConfigureAwait(false);
        long wanted = version ?? versions[^1];
        CommitRecord? record = versions.Contains(wanted) ? await log.ReadAsync(wanted, cancellationToken).ConfigureAwait(false) : null;
        return record
            ?? throw new StreamEtlException(
                ErrorKind.InputNotFound,
                $"table '{log.Layout.Table}' has no version {wanted}",
                StoreErrors.At(log.Store.Name, log.Layout.CommitPrefix.TrimEnd('/')),
                $"there {Listed(versions)}; @latest is the newest"
            );
    }

    /// <summary>The first part of a version that is no longer there; null when all are.</summary>
    public static async ValueTask<string?> MissingAsync(IObjectStore store, CommitRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(record);
        foreach (string path in record.Files.Select(f => f.Path).Concat(record.Ledger.Select(l => l.Path)))
        {
            if (await store.StatAsync(path, cancellationToken).ConfigureAwait(false) is null)
            {
                return path;
            }
        }
        return null;
    }

    /// <summary>
    /// The error for a version of which a part is gone: of an older one because it was vacuumed, of the newest because it is damaged.
    /// </summary>
    public static async ValueTask<StreamEtlException> GoneAsync(
        TableLog log,
        CommitRecord record,
        string missing,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(record);
        IReadOnlyList<long> versions = await log.VersionsAsync(cancellationToken).ConfigureAwait(false);
        if (record.Version == versions[^1])
        {
            return new StreamEtlException(
                ErrorKind.DamagedTable,
                $"a file of table '{record.Table}' is gone",
                StoreErrors.At(log.Store.Name, missing),
                "restore it from a backup, or load the table anew with --mode full"
            );
        }
        List<long> readable = [];
        foreach (long version in versions.Where(v => v != record.Version))
        {
            CommitRecord? other = await log.ReadAsync(version, cancellationToken).ConfigureAwait(false);
            if (other is not null && await MissingAsync(log.Store, other, cancellationToken).ConfigureAwait(false) is null)
            {
                readable.Add(version);
            }
        }
        return new StreamEtlException(
            ErrorKind.InputNotFound,
            $"version {record.Version} of table '{record.Table}' was vacuumed: it can no longer be read",
            StoreErrors.At(log.Store.Name, missing),
            readable.Count == 0 ? null : $"what can be read {Listed(readable)}"
        );
    }

    /// <summary><c>is version 3</c>, <c>are versions 1 to 4, 6, 9</c>.</summary>
    private static string Listed(IReadOnlyList<long> versions)
    {
        var runs = new List<string>();
        for (int i = 0; i < versions.Count; )
        {
            int end = i + 1;
            while (end < versions.Count && versions[end] == versions[end - 1] + 1)
            {
                end++;
            }
            runs.Add(
                end - i > 1
                    ? string.Create(CultureInfo.InvariantCulture, $"{versions[i]} to {versions[end - 1]}")
                    : versions[i].ToString(CultureInfo.InvariantCulture)
            );
            i = end;
        }
        return versions.Count == 1 ? $"is version {runs[0]}" : $"are versions {string.Join(", ", runs)}";
    }
}
