using System.Security.Cryptography;
using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Spill;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <content>The second pass: the files of a version, and its record.</content>
internal sealed partial class IngestJob
{
    /// <summary>When what later ledger files hold exceeds this share of the first, they are merged into a new one: reading stays cheap, and each record is rewritten few times.</summary>
    private const int MergeShare = 4;

    /// <summary>Ledger files that are merged while reading at most; each has a block in memory.</summary>
    private const int MostLedgers = 32;

    /// <summary>The input becomes the table.</summary>
    private async Task<bool> LoadAsync(TableSide input, CommitRecord? newest, TableTransaction transaction)
    {
        UseSides(input);
        IngestDecision? found = null;
        try
        {
            await WithTypesAsync(async () => found = await DecideAsync(newest, joined: null, transaction).ConfigureAwait(false))
                .ConfigureAwait(false);
            IngestDecision decision = found!;
            DiffCounts counts = decision.Outcome.Counts;
            Describe(counts);
            IngestGuards.CheckInput(options, newest, decision, Run.Rejects.EndsInsideQuotes);
            if (newest is not null)
            {
                ReportChanges(decision, newest);
                if (IsLoadedAlready(decision, newest))
                {
                    return NothingToDo(newest);
                }
            }
            LedgerFile ledger = await WriteLedgerAsync(
                    transaction,
                    decision.Delta.Drain(row => LedgerFormat.Place(0, decision.Ranks.Of(row)))
                )
                .ConfigureAwait(false);
            CommitCounts done = await CountLoadAsync(decision, newest, ledger).ConfigureAwait(false);
            // Where keys are hashed otherwise nobody knows which are gone, but how many must be.
            bool known = newest is null || decision.Columns.Hashes.MatchesKeys(newest.Hashes);
            IngestGuards.CheckDeletes(options, newest, known ? done.Deletes : newest!.Counts.Rows - done.Rows, decision.Rows);
            TableFile? file = await WriteFileAsync(
                    TableFileRole.Full,
                    decision,
                    await transaction.CreateFullAsync(Run.CancellationToken).ConfigureAwait(false),
                    [Emit(decision, null)],
                    transaction,
                    Task.CompletedTask
                )
                .ConfigureAwait(false);
            return file is not null
                && await CommitAsync(
                        transaction,
                        Record(decision, newest, CommitMode.Full, done) with
                        {
                            Files = [file],
                            Ledger = [ledger],
                        }
                    )
                    .ConfigureAwait(false);
        }
        finally
        {
            found?.Dispose();
        }
    }

    /// <summary>What the input changes is added to the table.</summary>
    private async Task<bool> ChangeAsync(TableSide input, CommitRecord newest, TableTransaction transaction)
    {
        IReadOnlyList<Field> data = newest.KeepsArrival ? [.. newest.Schema.SkipLast(ArrivalColumns.Names.Count)] : newest.Schema;
        var table = new TableSide("table", [new SchemaOnlyInput($"table '{newest.Table}'", data)]);
        await table.PrepareAsync(Run, infer: false).ConfigureAwait(false);
        UseSides(table, input);
        IngestDecision? found = null;
        try
        {
            await WithTypesAsync(async () => found = await DecideAsync(newest, newest, transaction).ConfigureAwait(false))
                .ConfigureAwait(false);
            IngestDecision decision = found!;
            DiffCounts counts = decision.Outcome.Counts;
            Describe(counts);
            IngestGuards.CheckInput(options, newest, decision, Run.Rejects.EndsInsideQuotes);
            IngestGuards.CheckDeletes(options, newest, counts.Deletes, decision.Rows);
            ReportChanges(decision, newest);
            if (counts.Inserts + counts.Updates + counts.Deletes == 0)
            {
                return NothingToDo(newest);
            }
            (TableFile? file, IReadOnlyList<LedgerFile> ledger) = await WriteChangesAsync(decision, newest, transaction)
                .ConfigureAwait(false);
            CommitCounts done = ChangeCounts(counts, newest);
            return file is not null
                && await CommitAsync(
                        transaction,
                        Record(decision, newest, _arrival is null ? CommitMode.Cdc : CommitMode.Incremental, done) with
                        {
                            Files = [.. newest.Files, file],
                            Ledger = ledger,
                        }
                    )
                    .ConfigureAwait(false);
        }
        finally
        {
            found?.Dispose();
        }
    }

    /// <summary>Writes the change file and, beside it, the ledger of the version to be, which is visible first; no file when its name was taken meanwhile.</summary>
    private async Task<(TableFile? File, IReadOnlyList<LedgerFile> Ledger)> WriteChangesAsync(
        IngestDecision decision,
        CommitRecord newest,
        TableTransaction transaction
    )
    {
        int number = newest.Files.Count;
        DiffCounts counts = decision.Outcome.Counts;
        IObjectWriter writer = await transaction.CreateChangesAsync(Run.Report.StartedAt, Run.CancellationToken).ConfigureAwait(false);
        Task<IReadOnlyList<LedgerFile>> ledger = Task.Run(() =>
            ExtendLedgerAsync(
                decision.Ledger,
                decision.Delta.Drain(row => LedgerFormat.Place(number, decision.Ranks.Of(row))),
                counts.Inserts + counts.Updates + counts.Deletes,
                transaction
            )
        );
        try
        {
            TableFile? file = await WriteFileAsync(
                    TableFileRole.Changes,
                    decision,
                    writer,
                    ChangeSegments(decision, newest),
                    transaction,
                    ledger
                )
                .ConfigureAwait(false);
            return (file, await ledger.ConfigureAwait(false));
        }
        finally
        {
            // It works on what the caller is about to let go of.
            await ((Task)ledger).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private List<PassSegment> ChangeSegments(IngestDecision decision, CommitRecord newest)
    {
        var cdc = new CdcColumns(Run.Report.StartedAt);
        var segments = new List<PassSegment>();
        _watch = KeyWatch.For(decision.Outcome.Counts, Columns, decision.Columns.Keys);
        if (decision.Ranks.Count > 0)
        {
            segments.Add(Emit(decision, batch => cdc.Add(batch, decision.Outcome.Inserted)));
        }
        for (int f = 0; f < newest.Files.Count; f++)
        {
            if (decision.Delta.DeletedRows[f].Count() > 0)
            {
                segments.Add(
                    Stored(
                        decision.Columns,
                        newest.Files[f],
                        decision.Delta.DeletedRows[f],
                        _ => true,
                        prepare: null,
                        accept: batch =>
                        {
                            _watch?.AddDeleted(batch, decision.Columns.Keys);
                            batch.Columns = RowHashes.Pick(batch, decision.Columns.Order);
                            cdc.Add(batch, null);
                        }
                    )
                );
            }
        }
        return segments;
    }

    /// <summary>Rows of the input that came or changed.</summary>
    private PassSegment Emit(IngestDecision decision, Action<RowBatch>? mark)
    {
        RowBitmap inserted = decision.Outcome.Inserted;
        RowBitmap updated = decision.Outcome.Updated;
        return Segment(
            Sides.Count - 1,
            Columns,
            _ => true,
            decision.Columns.Keys,
            choose: decision.Kept is not null ? null : (firstRow, count, positions) => inserted.Select(updated, firstRow, count, positions),
            kept: decision.Kept,
            accept: batch =>
            {
                if (decision.Kept is not null)
                {
                    ChosenRows.Select(batch, inserted, updated);
                }
                _watch?.AddInserted(batch, decision.Columns.Keys, inserted);
                Column[] data = RowHashes.Pick(batch, decision.Columns.Order);
                batch.Columns = _arrival?.Append(batch, decision.Columns.GivenDay, data) ?? data;
                if (batch.SelectedCount > 0)
                {
                    mark?.Invoke(batch);
                }
            }
        );
    }

    /// <summary>Writes a Parquet file and makes it visible, as soon as what must be <paramref name="before"/> it is; null when its name was taken meanwhile.</summary>
    private async Task<TableFile?> WriteFileAsync(
        TableFileRole role,
        IngestDecision decision,
        IObjectWriter writer,
        IReadOnlyList<PassSegment> segments,
        TableTransaction transaction,
        Task before
    )
    {
        if (_arrival is not null)
        {
            _arrival.SetVersion(await HashInputsAsync().ConfigureAwait(false));
        }
        IReadOnlyList<Field> fields = decision.Columns.Fields;
        IReadOnlyList<Field> written = role == TableFileRole.Full ? fields : [.. fields, .. CdcColumns.Fields];
        TableFileOutput output = await TableFileOutput.OpenAsync(Run, writer, written).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            PassResult result = await PipelineGraph
                .RunAsync(
                    Run,
                    new PassSpec
                    {
                        Phase = role == TableFileRole.Full ? "writing" : "writing changes",
                        Segments = segments,
                        Encoder = output.Encoder,
                        Output = output.Stream,
                    }
                )
                .ConfigureAwait(false);
            TableFile file = await output.FinishAsync(Run, role, result.RowsWritten).ConfigureAwait(false);
            await before.ConfigureAwait(false);
            if (!await transaction.CommitAsync(output.Writer, file.Sha256, Run.CancellationToken).ConfigureAwait(false))
            {
                return null;
            }
            CrashPoint.Reach("ingest-changes-written");
            _watch?.Warn(Run);
            ReportFile(file, fields, result);
            return file;
        }
    }

    /// <summary>The MD5 of the inputs' bytes, one input after the other: the version of all their rows.</summary>
    private async Task<byte[]> HashInputsAsync()
    {
        // It tells inputs apart, and guards nothing.
#pragma warning disable CA5351
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        foreach (TableInput input in Sides[^1].Inputs)
        {
            await input.HashAsync(Run, md5, Run.CancellationToken).ConfigureAwait(false);
        }
        return md5.GetCurrentHash();
    }

    private async Task<LedgerFile> WriteLedgerAsync(TableTransaction transaction, IEnumerable<ArraySegment<KeyRecord>> partitions)
    {
        IObjectWriter writer = await transaction.CreateLedgerAsync(Run.CancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            var ledger = new LedgerWriter(writer.Stream);
            foreach (ArraySegment<KeyRecord> partition in partitions)
            {
                Run.CancellationToken.ThrowIfCancellationRequested();
                ledger.Write(partition);
            }
            return await FinishAsync(transaction, writer, ledger).ConfigureAwait(false);
        }
    }

    /// <summary>Adds changes to a ledger: as one more file, or, when there is much in such files, as a new whole one.</summary>
    private async Task<IReadOnlyList<LedgerFile>> ExtendLedgerAsync(
        IReadOnlyList<LedgerFile> before,
        IEnumerable<ArraySegment<KeyRecord>> partitions,
        long changes,
        TableTransaction transaction
    )
    {
        long later = before.Skip(1).Sum(l => l.Rows) + changes;
        if (later <= before[0].Rows / MergeShare && before.Count < MostLedgers)
        {
            return [.. before, await WriteLedgerAsync(transaction, partitions).ConfigureAwait(false)];
        }
        OpenLedger older = await OpenLedger.OpenAsync(_log.Store, before, Run.CancellationToken).ConfigureAwait(false);
        await using (older.ConfigureAwait(false))
        {
            IObjectWriter writer = await transaction.CreateLedgerAsync(Run.CancellationToken).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                var ledger = new LedgerWriter(writer.Stream);
                var merge = new LedgerMerge(older.Read(), ledger);
                foreach (ArraySegment<KeyRecord> partition in partitions)
                {
                    await merge.WriteAsync(partition, Run.CancellationToken).ConfigureAwait(false);
                }
                await merge.FinishAsync(Run.CancellationToken).ConfigureAwait(false);
                return [await FinishAsync(transaction, writer, ledger).ConfigureAwait(false)];
            }
        }
    }

    private async Task<LedgerFile> FinishAsync(TableTransaction transaction, IObjectWriter writer, LedgerWriter ledger)
    {
        ledger.Finish();
        var file = new LedgerFile(writer.Key, ledger.Count, writer.Length);
        if (!await transaction.CommitAsync(writer, sha256: null, Run.CancellationToken).ConfigureAwait(false))
        {
            throw new Errors.StreamEtlException(Errors.ErrorKind.Internal, $"the name '{writer.Key}' is taken");
        }
        CrashPoint.Reach("ingest-ledger-written");
        return file;
    }

    private async Task<bool> CommitAsync(TableTransaction transaction, CommitRecord record)
    {
        await BeforeCommitAsync().ConfigureAwait(false);
        CrashPoint.Reach("ingest-before-commit");
        if (!await transaction.CommitAsync(record, Run.CancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        CrashPoint.Reach("ingest-committed");
        Run.Report.TableVersion = record.Version;
        return true;
    }

    /// <summary>A record of the version, without its files.</summary>
    private CommitRecord Record(IngestDecision decision, CommitRecord? newest, CommitMode mode, CommitCounts counts) =>
        new()
        {
            Version = (newest?.Version ?? 0) + 1,
            Previous = newest?.Version ?? 0,
            Mode = mode,
            CreatedAt = Run.Report.StartedAt,
            RunId = Run.Report.RunId,
            Table = _log.Layout.Table,
            Key = [.. decision.Columns.Hashes.KeyColumns.Select(f => f.Name)],
            DateField = decision.Columns.Hashes.RankColumn?.Name,
            Compare = decision.Columns.ComparesAll ? null : [.. decision.Columns.Hashes.RowColumns.Select(f => f.Name)],
            KeepsArrival = decision.Columns.KeepsArrival,
            Schema = decision.Columns.Fields,
            Files = [],
            Ledger = [],
            Hashes = decision.Columns.Hashes with { Records = decision.RecordForm },
            Counts = counts,
            Inputs = decision.Inputs,
            Checksum = decision.Checksum,
            SchemaChanges = [.. Run.Report.SchemaChanges],
        };
}
