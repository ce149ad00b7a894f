using System.Globalization;
using System.Text.Json;
using StreamEtl.Errors;
using StreamEtl.Sources;
using StreamEtl.Spill;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>
/// <c>table compact</c>: the live rows of the newest version, in their order, become a new full load; the ledger keeps its hashes and gets new places. It is a version like any
/// other, made by the same protocol: another run that commits first makes this one start again. The rows are hashed on the way, and what does not sum up to the checksum of
/// the version is not committed.
/// </summary>
internal sealed class TableCompactJob(RunContext run, TableCompactOptions options) : TableCareJob(run, options)
{
    private const int MostAttempts = 5;
    private const int BlockRecords = 4096;

    /// <inheritdoc/>
    protected override async Task TendAsync(TableLog log, Utf8JsonWriter json, List<string> lines)
    {
        for (int attempt = 1; attempt <= MostAttempts; attempt++)
        {
            OpenVersion version = await OpenVersion.OpenAsync(log, null, Run.Budget, Run.CancellationToken).ConfigureAwait(false);
            await using (version.ConfigureAwait(false))
            {
                CommitRecord old = version.Record;
                if (version.Rows is [null])
                {
                    // A run that was killed behind its commit may have left this to do.
                    await FinishAsync(log).ConfigureAwait(false);
                    Write(json, old, compacted: false);
                    lines.Add($"{old.Table}: version {old.Version} is one full load already: nothing to do");
                    return;
                }
                if (await CompactAsync(version).ConfigureAwait(false) is { } compacted)
                {
                    await FinishAsync(log).ConfigureAwait(false);
                    Write(json, compacted, compacted: true);
                    lines.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{old.Table}: version {compacted.Version} has the {old.Counts.Rows:#,0} rows of version {old.Version}, in 1 file instead of {old.Files.Count}"
                        )
                    );
                    return;
                }
            }
        }
        throw new StreamEtlException(
            ErrorKind.CommitConflict,
            $"other runs changed table '{log.Layout.Table}' {MostAttempts} times while this one worked",
            hint: "run again when they are done; nothing was changed by this run"
        );
    }

    /// <summary>One attempt; null when another run made the next version first.</summary>
    private async Task<CommitRecord?> CompactAsync(OpenVersion version)
    {
        CommitRecord old = version.Record;
        using LiveRows live = await LiveRows
            .ReadLedgerAsync(version.Log.Store, old, Run.Budget, null, Run.CancellationToken)
            .ConfigureAwait(false);
        var transaction = new TableTransaction(version.Log, old);
        await using (transaction.ConfigureAwait(false))
        {
            TableFile? file = await WriteRowsAsync(version, transaction).ConfigureAwait(false);
            if (file is null)
            {
                return null;
            }
            CrashPoint.Reach("compact-rows-written");
            LedgerFile ledger = await WriteLedgerAsync(version, live, transaction).ConfigureAwait(false);
            CrashPoint.Reach("compact-ledger-written");
            CommitRecord record = old with
            {
                Version = transaction.Version,
                Previous = old.Version,
                Mode = CommitMode.Compact,
                CreatedAt = Run.Report.StartedAt,
                RunId = Run.Report.RunId,
                Files = [file],
                Ledger = [ledger],
                Counts = new CommitCounts { Rows = old.Counts.Rows, Unchanged = old.Counts.Rows },
                SchemaChanges = [],
            };
            bool made = await transaction.CommitAsync(record, Run.CancellationToken).ConfigureAwait(false);
            CrashPoint.Reach("compact-committed");
            return made ? record : null;
        }
    }

    private async Task<TableFile?> WriteRowsAsync(OpenVersion version, TableTransaction transaction)
    {
        CommitRecord old = version.Record;
        IObjectWriter writer = await transaction.CreateFullAsync(Run.CancellationToken).ConfigureAwait(false);
        TableFileOutput output = await TableFileOutput.OpenAsync(Run, writer, old.Schema).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            var sum = new RowSum();
            var side = new TableSide("table", [new ChosenRowsInput(version, version.Rows)]);
            await using (side.ConfigureAwait(false))
            {
                PassSpec pass = new()
                {
                    Phase = "compacting",
                    Segments = [Segment(side, old, sum)],
                    Encoder = output.Encoder,
                    Output = output.Stream,
                    CountsRows = true,
                };
                PassResult result = await PipelineGraph.RunAsync(Run, pass).ConfigureAwait(false);
                if (result.RowsWritten != old.Counts.Rows || sum.Checksum != old.Checksum)
                {
                    throw new StreamEtlException(
                        ErrorKind.DamagedTable,
                        $"the rows of version {old.Version} do not sum up to its checksum, so no new version is made of them",
                        StoreErrors.At(version.Log.Store.Name, version.Log.Layout.Commit(old.Version)),
                        $"streametl table verify {options.Folder} --table {old.Table} says which file is damaged"
                    );
                }
                TableFile file = await output.FinishAsync(Run, TableFileRole.Full, result.RowsWritten).ConfigureAwait(false);
                return await transaction.CommitAsync(output.Writer, null, Run.CancellationToken).ConfigureAwait(false) ? file : null;
            }
        }
    }

    /// <summary>Reads the table's columns, and hashes them as its ledger does.</summary>
    private static PassSegment Segment(TableSide side, CommitRecord record, RowSum sum)
    {
        var fields = new List<Field>(record.Schema);
        int[] key = [.. record.Hashes.KeyColumns.Select(f => IndexOf(fields, f))];
        int[] row = [.. record.Hashes.RowColumns.Select(f => IndexOf(fields, f))];
        int[] written = [.. Enumerable.Range(0, record.Schema.Count)];
        return new PassSegment
        {
            Side = side,
            Plan = (_, columns) => [.. fields.Select(f => new PlanColumn(f.Name, Ordinal(columns, f.Name), f.Type, ColumnMode.Convert))],
            Prepare = batch =>
            {
                RowHashes.HashKeys(batch, key);
                RowHashes.HashRows(batch, row);
            },
            Accept = batch =>
            {
                for (int i = 0; i < batch.RowCount; i++)
                {
                    sum.Add(batch.KeyHashes![i], batch.RowHashes![i]);
                }
                // The batch waits until its row group is full, and its hashes need not.
                batch.Lease.Release(batch.KeyHashes!);
                batch.Lease.Release(batch.RowHashes!);
                (batch.KeyHashes, batch.RowHashes) = (null, null);
                batch.Columns = RowHashes.Pick(batch, written);
            },
        };
    }

    /// <summary>Index of the column under the type that it is hashed with; added when the table has it under another.</summary>
    private static int IndexOf(List<Field> fields, Field hashed)
    {
        int index = fields.FindIndex(f => f.Name == hashed.Name && f.Type == hashed.Type);
        if (index < 0)
        {
            index = fields.Count;
            fields.Add(hashed);
        }
        return index;
    }

    private static int Ordinal(IReadOnlyList<SourceColumn> columns, string name)
    {
        for (int c = 0; c < columns.Count; c++)
        {
            if (columns[c].Name == name)
            {
                return c;
            }
        }
        return -1;
    }

    /// <summary>The same records in the same order, with the places that the rows have now.</summary>
    private async Task<LedgerFile> WriteLedgerAsync(OpenVersion version, LiveRows live, TableTransaction transaction)
    {
        var ranks = new RowRanks[live.Files.Count];
        long[] before = new long[ranks.Length];
        for (int f = 0; f < ranks.Length; f++)
        {
            ranks[f] = new RowRanks(live.Files[f]!, null);
            before[f] = f == 0 ? 0 : before[f - 1] + ranks[f - 1].Count;
        }
        IObjectWriter writer = await transaction.CreateLedgerAsync(Run.CancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            var ledger = new LedgerWriter(writer.Stream);
            OpenLedger files = await OpenLedger
                .OpenAsync(version.Log.Store, version.Record.Ledger, Run.CancellationToken)
                .ConfigureAwait(false);
            await using (files.ConfigureAwait(false))
            {
                LedgerState state = files.Read();
                var block = new KeyRecord[BlockRecords];
                int count;
                while ((count = await state.ReadAsync(block, Run.CancellationToken).ConfigureAwait(false)) > 0)
                {
                    foreach (ref KeyRecord record in block.AsSpan(0, count))
                    {
                        int file = LedgerFormat.FileOf(record.Place);
                        record = record with
                        {
                            Place = LedgerFormat.Place(0, before[file] + ranks[file].Of(LedgerFormat.RowOf(record.Place))),
                        };
                    }
                    ledger.Write(block.AsSpan(0, count));
                }
            }
            ledger.Finish();
            var made = new LedgerFile(writer.Key, ledger.Count, writer.Length);
            return await transaction.CommitAsync(writer, null, Run.CancellationToken).ConfigureAwait(false)
                ? made
                : throw new StreamEtlException(ErrorKind.Internal, $"the name '{writer.Key}' is taken");
        }
    }

    /// <summary>The version is there; what follows, the next run would do as well.</summary>
    private async Task FinishAsync(TableLog log)
    {
        await new TablePublisher(log).PublishAsync(Run.CancellationToken).ConfigureAwait(false);
        CrashPoint.Reach("compact-published");
        try
        {
            await new TableCleaner(log).CleanAsync(Run.CancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e)
        {
            Run.Warn($"what runs that ended early have left behind could not be removed: {e.Reason}");
        }
    }

    private static void Write(Utf8JsonWriter json, CommitRecord record, bool compacted)
    {
        json.WriteStartObject();
        json.WriteString("table", record.Table);
        json.WriteNumber("version", record.Version);
        json.WriteBoolean("compacted", compacted);
        json.WriteNumber("rows", record.Counts.Rows);
        json.WriteNumber("bytes", record.Files.Sum(f => f.Bytes));
        json.WriteEndObject();
    }
}
