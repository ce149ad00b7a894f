using StreamEtl.Errors;
using StreamEtl.Hashing;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline;

/// <summary>
/// <c>ingest</c>: an input into a managed table. A first pass over the input finds what changes, by comparing hashes with the table's ledger; a second writes the changed rows
/// (a full load: the rows), fetches what was deleted from the table's files, and one record makes all of it a version. The load before is not read again.
/// <para>
/// Runs that meet in one table: one makes the version, the others see that it is there and start again from it.
/// </para>
/// </summary>
internal sealed partial class IngestJob(RunContext run, IngestOptions options) : Job(run)
{
    /// <summary>Times that other runs may be first before this one gives up.</summary>
    private const int MostAttempts = 5;

    private TableLog _log = null!;

    /// <summary>What is kept of the arrival of rows, or null.</summary>
    private ArrivalColumns? _arrival;

    /// <summary>Looks at the keys that come and go, or null.</summary>
    private KeyWatch? _watch;

    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        RefuseWeakHashes();
        _log = new TableLog(options.Store ?? Run.Places.OpenFolder(options.Into), new TableLayout(TableName.Normalize(options.Table)));
        Run.Report.Table = _log.Layout.Table;
        AllowsEmpty = true;
        await PrepareAsync(options.InferTypes ?? true, ("input", options.Inputs)).ConfigureAwait(false);
        TableSide input = Sides[0];
        for (int attempt = 1; !await TryAsync(input).ConfigureAwait(false); attempt++)
        {
            if (attempt == MostAttempts)
            {
                throw new StreamEtlException(
                    ErrorKind.CommitConflict,
                    $"other runs changed table '{_log.Layout.Table}' {MostAttempts} times while this one worked",
                    hint: "run again when they are done; nothing was changed by this run"
                );
            }
            Run.Report.Passes.Add("start again: another run changed the table first");
        }
        await Run.Rejects.CommitAsync(Run.CancellationToken).ConfigureAwait(false);
        await new TablePublisher(_log).PublishAsync(Run.CancellationToken).ConfigureAwait(false);
        CrashPoint.Reach("ingest-published");
        await CleanAsync().ConfigureAwait(false);
        CrashPoint.Reach("ingest-cleaned");
    }

    /// <summary>One attempt from the newest version on; false when another run made the next one first.</summary>
    private async Task<bool> TryAsync(TableSide input)
    {
        CommitRecord? newest = await _log.ReadNewestAsync(Run.CancellationToken).ConfigureAwait(false);
        Run.Report.TableVersion = newest?.Version;
        ForgetOutcome();
        var transaction = new TableTransaction(_log, newest);
        await using (transaction.ConfigureAwait(false))
        {
            _arrival = Arrives(newest) ? new ArrivalColumns(Run.Report.StartedAt, Day) : null;
            return newest is null || options.Mode == IngestMode.Full
                ? await LoadAsync(input, newest, transaction).ConfigureAwait(false)
                : await ChangeAsync(input, newest, transaction).ConfigureAwait(false);
        }
    }

    private DateOnly Day => options.PartitionDate ?? DateOnly.FromDateTime(Run.Report.StartedAt.UtcDateTime);

    /// <summary>Whether the arrival of rows is kept: as the user wants it, else as the table has it.</summary>
    private bool Arrives(CommitRecord? newest)
    {
        if (options.Mode == IngestMode.Cdc && newest is { KeepsArrival: true })
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"table '{newest.Table}' was loaded in mode incremental: what a snapshot lacks it must not delete",
                hint: "leave --mode out to add new and changed rows, or load the table anew with --mode full"
            );
        }
        bool arrives = options.Mode == IngestMode.Incremental || (options.Mode is null && newest is { KeepsArrival: true });
        return arrives || options.PartitionDate is null
            ? arrives
            : throw new StreamEtlException(
                ErrorKind.Usage,
                "--partition-date is for mode incremental",
                hint: "say --mode incremental, or leave it out"
            );
    }

    /// <summary>What an earlier attempt has reported is void.</summary>
    private void ForgetOutcome()
    {
        Run.Report.Outputs.Clear();
        Run.Report.Schema.Clear();
        Run.Report.Columns.Clear();
        Run.Report.SchemaChanges.Clear();
        Run.Report.NothingToDo = false;
        _watch = null;
    }

    private static void RefuseWeakHashes()
    {
        if (HashWidth.Bits < HashWidth.Trusted)
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"a table remembers rows by their hashes, and STREAMETL_HASH_BITS={HashWidth.Bits} makes different rows look equal",
                hint: "unset STREAMETL_HASH_BITS"
            );
        }
    }

    /// <summary>What is left over is of no harm, so a fault here does not fail a run that has done its work.</summary>
    private async Task CleanAsync()
    {
        try
        {
            await new TableCleaner(_log).CleanAsync(Run.CancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e)
        {
            Run.Warn($"what runs that ended early have left behind could not be removed: {e.Reason}");
        }
    }

    private LedgerDiff NewDiff(IngestColumns columns, bool byRecord) =>
        new(
            Run.Budget,
            options.TempDirectory,
            new LedgerDiffOptions(
                options.Threads,
                HasDate: columns.Date >= 0 || columns.KeepsArrival,
                StrictDate: options.DateFieldStrict,
                KeepFirst: options.OnDuplicateKey == DuplicateKeyRule.First,
                Upsert: columns.KeepsArrival,
                OneRank: columns.KeepsArrival && columns.GivenDay < 0 ? SortKey.Of(PartitionDates.Number(Day)) : null,
                ByRecord: byRecord
            )
        );
}
