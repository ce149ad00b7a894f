using System.Security.Cryptography;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// One attempt to add a version: hands out names for its files, makes them visible, and at the end the record. Until the record is there, nothing that it made is part of the table;
/// an attempt that ends without takes its files away again, unless nobody knows whether the record is there.
/// </summary>
internal sealed class TableTransaction : IAsyncDisposable
{
    private readonly TableLog _log;
    private readonly string _attempt = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly List<string> _made = [];
    private string? _intent;
    private bool _keep;
    private int _ledgers;

    /// <summary>Begins an attempt to add the version after <paramref name="previous"/>.</summary>
    public TableTransaction(TableLog log, CommitRecord? previous)
    {
        _log = log;
        Version = (previous?.Version ?? 0) + 1;
    }

    /// <summary>The version to be.</summary>
    public long Version { get; }

    /// <summary>Starts a full load.</summary>
    public ValueTask<IObjectWriter> CreateFullAsync(CancellationToken cancellationToken) =>
        _log.Store.CreateAsync(_log.Layout.Full(Version, _attempt), cancellationToken);

    /// <summary>Starts a ledger file.</summary>
    public ValueTask<IObjectWriter> CreateLedgerAsync(CancellationToken cancellationToken) =>
        _log.Store.CreateAsync(_log.Layout.Ledger(Version, $"{_attempt}{(_ledgers++ == 0 ? "" : $"-{_ledgers}")}"), cancellationToken);

    /// <summary>Starts a change file under the first free name from an instant on, second by second.</summary>
    public async ValueTask<IObjectWriter> CreateChangesAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        HashSet<string> intended = await ReadIntendedAsync(cancellationToken).ConfigureAwait(false);
        string key = _log.Layout.Changes(instant);
        for (
            int seconds = 1;
            intended.Contains(key) || await _log.Store.StatAsync(key, cancellationToken).ConfigureAwait(false) is not null;
            seconds++
        )
        {
            key = _log.Layout.Changes(instant.AddSeconds(seconds));
        }
        return await _log.Store.CreateAsync(key, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a file of the version-to-be visible. False: its name was taken meanwhile, or the version made.</summary>
    /// <param name="writer">The file, written to its end.</param>
    /// <param name="sha256">Of its content, for a change file: how a later run knows it again. Null for others.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> CommitAsync(IObjectWriter writer, string? sha256, CancellationToken cancellationToken)
    {
        if (!writer.Key.StartsWith(_log.Layout.Prefix, StringComparison.Ordinal))
        {
            // Everybody sees a change file at once, so none is made under a name that another run has claimed, nor for a version that one has made already.
            if (
                !await ClaimAsync(writer.Key, sha256, cancellationToken).ConfigureAwait(false)
                || await _log.Store.StatAsync(_log.Layout.Commit(Version), cancellationToken).ConfigureAwait(false) is not null
            )
            {
                return false;
            }
        }
        // Before the call, because one whose outcome is not known may have worked; the name is this attempt's own, or taken, and then not removed.
        _made.Add(writer.Key);
        bool made = await writer.CommitAsync(WriteCondition.IfAbsent, cancellationToken).ConfigureAwait(false);
        if (!made)
        {
            _made.Remove(writer.Key);
        }
        return made;
    }

    /// <summary>Adds the record, which makes the version. False: another run made it first.</summary>
    public async ValueTask<bool> CommitAsync(CommitRecord record, CancellationToken cancellationToken)
    {
        try
        {
            _keep = await _log.TryAppendAsync(record, cancellationToken).ConfigureAwait(false);
            return _keep;
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.OutcomeUnknown)
        {
            _keep = true;
            throw;
        }
    }

    /// <summary>Takes away what an attempt without a record has made.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_keep)
        {
            return;
        }
        // The note goes last: it is what a later run finds a change file by.
        foreach (string key in _intent is null ? _made : [.. _made, _intent])
        {
            try
            {
                await _log.Store.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
            }
            catch (StreamEtlException)
            {
                // The error that ends the run matters more, and a later run cleans up.
                return;
            }
        }
    }

    /// <summary>Names that other runs are about to take, or whose files wait to be removed.</summary>
    private async ValueTask<HashSet<string>> ReadIntendedAsync(CancellationToken cancellationToken)
    {
        var intended = new HashSet<string>();
        await foreach (ObjectInfo info in _log.Store.ListAsync(_log.Layout.IntentPrefix, cancellationToken).ConfigureAwait(false))
        {
            byte[]? json = await _log.Store.ReadWholeAsync(info.Key, TableNote.MaxBytes, cancellationToken).ConfigureAwait(false);
            if (json is not null && TableNote.Read(json)?.Split(' ') is [var key, ..])
            {
                intended.Add(key);
            }
        }
        return intended;
    }

    /// <summary>
    /// Change files have no version in their names, so a note says which one this attempt is about to make. Of runs at the same version only one gets to write it: not every store
    /// has one winner where large objects race for a name, but all have where small ones do.
    /// </summary>
    private async ValueTask<bool> ClaimAsync(string changes, string? sha256, CancellationToken cancellationToken)
    {
        string intent = _log.Layout.Intent(Version, changes);
        byte[] note = TableNote.Write($"{changes} {sha256}");
        if (!await _log.Store.WriteWholeAsync(intent, note, WriteCondition.IfAbsent, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        _intent = intent;
        return true;
    }
}
