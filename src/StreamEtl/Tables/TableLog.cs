using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>The versions of a table: commit records, numbered from 1 on, which are only ever added.</summary>
public sealed class TableLog(IObjectStore store, TableLayout layout)
{
    /// <summary>A record of more bytes is no record: a table of ten thousand change files has one of 3 MB.</summary>
    private const int MaxRecordBytes = 64 << 20;

    /// <summary>Where the table is.</summary>
    public IObjectStore Store { get; } = store;

    /// <summary>Its keys.</summary>
    public TableLayout Layout { get; } = layout;

    /// <summary>The numbers of all versions, rising; none when there is no such table.</summary>
    public async ValueTask<IReadOnlyList<long>> VersionsAsync(CancellationToken cancellationToken)
    {
        var versions = new List<long>();
        await foreach (ObjectInfo info in Store.ListAsync(Layout.CommitPrefix, cancellationToken).ConfigureAwait(false))
        {
            long version = TableLayout.VersionOf(info.Key);
            if (version > 0 && info.Key == Layout.Commit(version))
            {
                versions.Add(version);
            }
        }
        return versions;
    }

    /// <summary>The newest version; null when there is no such table.</summary>
    public async ValueTask<CommitRecord?> ReadNewestAsync(CancellationToken cancellationToken) =>
        await VersionsAsync(cancellationToken).ConfigureAwait(false) is [.., var newest]
            ? await ReadAsync(newest, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>A version; null when there is none of that number.</summary>
    /// <exception cref="StreamEtlException">
    /// <see cref="ErrorKind.DamagedTable"/>: it cannot be read; <see cref="ErrorKind.Unsupported"/>: a newer StreamEtl wrote it.
    /// </exception>
    public async ValueTask<CommitRecord?> ReadAsync(long version, CancellationToken cancellationToken)
    {
        string key = Layout.Commit(version);
        byte[]? json = await Store.ReadWholeAsync(key, MaxRecordBytes, cancellationToken).ConfigureAwait(false);
        if (json is null)
        {
            return null;
        }
        CommitRecord record = CommitJson.Read(json, StoreErrors.At(Store.Name, key).Source);
        return record.Version == version && record.Table == Layout.Table
            ? record
            : throw new StreamEtlException(
                ErrorKind.DamagedTable,
                $"this is the record of version {record.Version} of table '{record.Table}'",
                StoreErrors.At(Store.Name, key),
                "restore the file from a backup"
            );
    }

    /// <summary>
    /// Adds a version. False when there is one of that number already, whoever made it. After a fault whose outcome is not known, the record is looked for: what is there
    /// decides.
    /// </summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.OutcomeUnknown"/>: it could not even be found out; remove nothing that the record names.</exception>
    public async ValueTask<bool> TryAppendAsync(CommitRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        string key = Layout.Commit(record.Version);
        try
        {
            return await Store
                .WriteWholeAsync(key, CommitJson.Write(record), WriteCondition.IfAbsent, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.OutcomeUnknown)
        {
            // That it is there does not say that it outlasts a power cut; nothing but another successful commit in the same place says that.
            CommitRecord? found = await LookAsync(record.Version, e, cancellationToken).ConfigureAwait(false);
            if (found is not null && found.RunId != record.RunId)
            {
                return false;
            }
            throw;
        }
    }

    private async ValueTask<CommitRecord?> LookAsync(long version, StreamEtlException outcome, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(version, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException)
        {
            throw outcome;
        }
    }
}
