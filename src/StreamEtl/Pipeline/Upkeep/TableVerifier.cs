using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Sources;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>
/// Verifies the versions of a table in their order. Of each: files against the sizes and SHA-256 of the record, ledger files against their own checksums, the ledger
/// against the record's count and checksum, and the rows: where a version was made by changes, those of the rows that went and came, so that
/// previous − deleted − replaced + new + inserted = current is added up from the files on both sides; else, and for the newest, all of them. Memory is a few bits for each row.
/// </summary>
internal sealed class TableVerifier(RunContext run, TableLog log) : IAsyncDisposable
{
    private readonly HashSet<string> _sound = new(StringComparer.Ordinal);
    private OpenVersion? _previous;

    /// <summary>Verifies a version; called for all, in order.</summary>
    public async Task<VersionFindings> VerifyAsync(long number, bool newest)
    {
        var findings = new VersionFindings { Version = number };
        OpenVersion? version = null;
        bool trusted = false;
        try
        {
            CommitRecord record = await TableFinder.ReadAsync(log, number, run.CancellationToken).ConfigureAwait(false);
            string? missing = await TableFinder.MissingAsync(log.Store, record, run.CancellationToken).ConfigureAwait(false);
            if (missing is not null && !newest)
            {
                findings.Vacuumed = true;
                return findings;
            }
            version = await OpenVersion.OpenAsync(log, number, run.Budget, run.CancellationToken).ConfigureAwait(false);
            await VerifyFilesAsync(version, findings).ConfigureAwait(false);
            await VerifyLedgerAsync(version, findings).ConfigureAwait(false);
            // Of files that are not what they were, no sum says more.
            if (findings.Faults.Count == 0)
            {
                await VerifyRowsAsync(version, newest, findings).ConfigureAwait(false);
            }
            if (newest)
            {
                await VerifyPublicationAsync(version.Record, findings).ConfigureAwait(false);
            }
            trusted = findings.Faults.Count == 0;
        }
        catch (StreamEtlException e) when (e.Kind is not (ErrorKind.Internal or ErrorKind.MemoryTooSmall))
        {
            findings.Faults.Add(e.Position is { } place ? $"{place}: {e.Reason}" : e.Reason);
        }
        finally
        {
            await ForgetAsync().ConfigureAwait(false);
            _previous = trusted ? version : null;
            if (!trusted && version is not null)
            {
                await version.DisposeAsync().ConfigureAwait(false);
            }
        }
        return findings;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ForgetAsync();

    private async ValueTask ForgetAsync()
    {
        if (_previous is { } previous)
        {
            _previous = null;
            await previous.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task VerifyFilesAsync(OpenVersion version, VersionFindings findings)
    {
        for (int i = 0; i < version.Files.Count; i++)
        {
            TableFile file = version.Record.Files[i];
            if (_sound.Contains(file.Path))
            {
                continue;
            }
            if (await FileCheck.FaultAsync(version.Files[i], file, run.CancellationToken).ConfigureAwait(false) is { } fault)
            {
                findings.Faults.Add($"{StoreErrors.At(log.Store.Name, file.Path)}: {fault}");
                continue;
            }
            _sound.Add(file.Path);
        }
    }

    /// <summary>What outsiders read is a copy of the newest full load.</summary>
    private async Task VerifyPublicationAsync(CommitRecord newest, VersionFindings findings)
    {
        string key = log.Layout.Published;
        if (newest.Files.FirstOrDefault(f => f.Role == TableFileRole.Full) is not { } full)
        {
            return;
        }
        string? fault = "it is not there";
        if (await log.Store.StatAsync(key, run.CancellationToken).ConfigureAwait(false) is not null)
        {
            ObjectBytes bytes = await ObjectBytes.OpenAsync(log.Store, key, run.CancellationToken).ConfigureAwait(false);
            await using (bytes.ConfigureAwait(false))
            {
                fault = await FileCheck.FaultAsync(bytes, full, run.CancellationToken).ConfigureAwait(false);
            }
        }
        if (fault is not null)
        {
            findings.Faults.Add(
                $"{StoreErrors.At(log.Store.Name, key)}: {fault}; the table itself does not need it, and the next ingest or compact copies it anew from {full.Path}"
            );
        }
    }

    private async Task VerifyLedgerAsync(OpenVersion version, VersionFindings findings)
    {
        CommitRecord record = version.Record;
        var sum = new ChecksumSink();
        using LiveRows live = await LiveRows
            .ReadLedgerAsync(log.Store, record, run.Budget, sum, run.CancellationToken)
            .ConfigureAwait(false);
        if (sum.Sum.ToString() != record.Checksum)
        {
            findings.Faults.Add($"{At(record)}: the ledger sums up to {sum.Sum} where the record says {record.Checksum}");
        }
    }

    private async Task VerifyRowsAsync(OpenVersion version, bool newest, VersionFindings findings)
    {
        CommitRecord record = version.Record;
        CommitCounts counts = record.Counts;
        CommitRecord? before = _previous?.Record;
        if (before is not null && before.Counts.Rows + counts.Inserts - counts.Deletes != counts.Rows)
        {
            findings.Faults.Add(
                $"{At(record)}: {before.Counts.Rows} rows + {counts.Inserts} inserts - {counts.Deletes} deletes are not {counts.Rows} rows"
            );
        }
        bool byChanges =
            before is not null
            && record.Mode is CommitMode.Cdc or CommitMode.Incremental
            && before!.Hashes.Matches(record.Hashes)
            && record.Files.Count >= before.Files.Count;
        if (byChanges)
        {
            await VerifyChangesAsync(_previous!, version, findings).ConfigureAwait(false);
        }
        if (!byChanges || newest)
        {
            RowSum all = await RowSums.OfAsync(run, version, version.Rows, record.Hashes).ConfigureAwait(false);
            findings.Proof += string.Create(CultureInfo.InvariantCulture, $"{(byChanges ? "; " : "")}all {all.Rows:#,0} rows read");
            Expect(findings, record, "rows", all.Rows, counts.Rows);
            ExpectSum(findings, record, "the rows of the files", all.Checksum, record.Checksum);
        }
        if (record.Mode == CommitMode.Compact && before is not null && before.Hashes.Matches(record.Hashes))
        {
            ExpectSum(findings, record, "the compacted rows", record.Checksum, before.Checksum);
        }
    }

    private async Task VerifyChangesAsync(OpenVersion previous, OpenVersion version, VersionFindings findings)
    {
        CommitRecord record = version.Record;
        LedgerHashes hashes = record.Hashes;
        using VersionChanges changes = await VersionChanges
            .ReadAsync(log.Store, previous.Record, record, run.Budget, run.CancellationToken)
            .ConfigureAwait(false);
        RowSum deleted = await SumAsync(previous, changes.Deleted, hashes).ConfigureAwait(false);
        RowSum replaced = await SumAsync(previous, changes.Replaced, hashes).ConfigureAwait(false);
        RowSum updated = await SumAsync(version, changes.Updated, hashes).ConfigureAwait(false);
        RowSum inserted = await SumAsync(version, changes.Inserted, hashes).ConfigureAwait(false);
        CommitCounts counts = record.Counts;
        Expect(findings, record, "deletes", deleted.Rows, counts.Deletes);
        Expect(findings, record, "updates", updated.Rows, counts.Updates);
        Expect(findings, record, "inserts", inserted.Rows, counts.Inserts);
        TableChecksum left = updated.Onto(inserted.Onto(TableChecksum.Parse(previous.Record.Checksum)));
        TableChecksum right = deleted.Onto(replaced.Onto(TableChecksum.Parse(record.Checksum)));
        ExpectSum(findings, record, "previous - deleted - replaced + new + inserted", left.ToString(), right.ToString());
        await VerifyChangeFileAsync(previous, version, (inserted, updated, deleted), findings).ConfigureAwait(false);
        findings.Proof = string.Create(
            CultureInfo.InvariantCulture,
            $"{previous.Record.Counts.Rows:#,0} - {deleted.Rows:#,0} deleted - {replaced.Rows:#,0} replaced + {updated.Rows:#,0} new + {inserted.Rows:#,0} inserted = {counts.Rows:#,0}"
        );
    }

    /// <summary>The change file says the same as the ledgers: its rows are those that came, and the old values of those that went.</summary>
    private async Task VerifyChangeFileAsync(
        OpenVersion previous,
        OpenVersion version,
        (RowSum Inserts, RowSum Updates, RowSum Deletes) expected,
        VersionFindings findings
    )
    {
        CommitRecord record = version.Record;
        if (record.Files.Count != previous.Record.Files.Count + 1 || record.Files[^1].Role != TableFileRole.Changes)
        {
            return;
        }
        (RowSum inserts, RowSum updates, RowSum deletes) = await RowSums
            .OfChangesAsync(run, version, record.Files.Count - 1, record.Hashes)
            .ConfigureAwait(false);
        string path = StoreErrors.At(log.Store.Name, record.Files[^1].Path).ToString();
        foreach (
            (string what, RowSum found, RowSum wanted) in new[]
            {
                ("inserts", inserts, expected.Inserts),
                ("updates", updates, expected.Updates),
                ("deletes", deletes, expected.Deletes),
            }
        )
        {
            if (found.Rows != wanted.Rows || found.Checksum != wanted.Checksum)
            {
                findings.Faults.Add($"{path}: its {found.Rows} {what} are not the {wanted.Rows} that the ledgers say");
            }
        }
    }

    private async Task<RowSum> SumAsync(OpenVersion version, RowBitmap[] rows, LedgerHashes hashes) =>
        await RowSums.OfAsync(run, version, rows, hashes).ConfigureAwait(false);

    private void Expect(VersionFindings findings, CommitRecord record, string what, long found, long expected)
    {
        if (found != expected)
        {
            findings.Faults.Add($"{At(record)}: {found} {what} where the record says {expected}");
        }
    }

    private void ExpectSum(VersionFindings findings, CommitRecord record, string what, string found, string expected)
    {
        if (found != expected)
        {
            findings.Faults.Add($"{At(record)}: {what} sum up to {found} where {expected} is expected");
        }
    }

    private string At(CommitRecord record) => StoreErrors.At(log.Store.Name, log.Layout.Commit(record.Version)).ToString();
}
