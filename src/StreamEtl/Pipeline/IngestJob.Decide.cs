using StreamEtl.Batches;
using StreamEtl.Diagnostics;
using StreamEtl.Diff;
using StreamEtl.Hashing;
using StreamEtl.Sources;
using StreamEtl.Spill;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <content>The first pass: what changes.</content>
internal sealed partial class IngestJob
{
    /// <summary>Compares the input, the last side, with a ledger: that of <paramref name="joined"/>, or none when the input takes the table's place.</summary>
    private async Task<IngestDecision> DecideAsync(CommitRecord? newest, CommitRecord? joined, TableTransaction transaction)
    {
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        IngestColumns columns = IngestColumns.Build(Columns, options, newest, joins: joined is not null, arrives: _arrival is not null);
        (IReadOnlyList<LedgerFile> ledger, TableChecksum checksum) = joined is null
            ? ([], default)
            : await ComparableLedgerAsync(columns, joined, transaction).ConfigureAwait(false);
        string? form = RecordForm(columns);
        bool isKnown = joined is not null && ReferenceEquals(ledger, joined.Ledger);
        bool byRecord = isKnown && form is not null && form == joined!.Hashes.Records;
        var delta = new LedgerDelta(Run.Budget, options.TempDirectory, options.Threads, joined?.Files ?? []);
        KeptRows? kept = joined is null ? null : new KeptRows(Run.Budget, Sides[^1].Inputs[0].Info);
        try
        {
            using LedgerDiff diff = NewDiff(columns, byRecord);
            if (joined is not null)
            {
                await diff.ReadLedgerAsync(_log.Store, ledger, joined.Counts.Rows, Run.CancellationToken).ConfigureAwait(false);
            }
            PassSegment segment = diff.SettlesRecords
                ? CompareRecords(diff, columns, kept!)
                : Compare(diff, columns, kept, hashesRecords: byRecord || (joined is null && form is not null));
            PassResult result = await PipelineGraph
                .RunAsync(
                    Run,
                    new PassSpec
                    {
                        Phase = "comparing",
                        Segments = [segment],
                        CountsRows = true,
                    }
                )
                .ConfigureAwait(false);
            CrashPoint.Reach("ingest-read");
            LetGoOfBatches(diff.Remembered);
            DiffOutcome outcome = await diff.FinishAsync(_log.Store, ledger, delta, segment.NextRow, Run.CancellationToken)
                .ConfigureAwait(false);
            Run.Report.SpilledBytes += diff.SpilledBytes + delta.SpilledBytes;
            List<FileReport> inputs = Run.Report.Inputs;
            return new IngestDecision(
                columns,
                delta,
                outcome,
                kept is { IsComplete: true } ? kept : null,
                ledger,
                delta.Checksum(checksum).ToString(),
                [.. inputs.Select((file, i) => new CommitInput(file.Path, file.Bytes, file.Rows, result.Endings.ElementAtOrDefault(i)))],
                segment.NextRow
            )
            {
                RecordForm =
                    joined is null ? form
                    : isKnown ? joined.Hashes.Records
                    : null,
            };
        }
        catch
        {
            kept?.Release();
            delta.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Rows that are not settled at once are kept, where the ledger is in memory: then the input is read once. Every column is converted, also those that are not
    /// compared: a value that contradicts a type must be found while nothing has been decided.
    /// </summary>
    private PassSegment Compare(LedgerDiff diff, IngestColumns columns, KeptRows? kept, bool hashesRecords) =>
        Segment(
            Sides.Count - 1,
            Columns,
            _ => true,
            columns.Keys,
            prepare: batch =>
            {
                RowHashes.HashKeys(batch, columns.Keys);
                RowHashes.HashRows(batch, columns.Compared);
            },
            accept: batch =>
            {
                Hold(diff, columns, batch);
                int[] open = batch.Lease.Rent<int>(batch.RowCount);
                int count = diff.Add(
                    batch.KeyHashes.AsSpan(0, batch.RowCount),
                    batch.RowHashes.AsSpan(0, batch.RowCount),
                    hashesRecords
                        ? batch.RecordHashes.AsSpan(0, batch.RowCount)
                        : Ranks(batch, _arrival?.Days(batch, columns.GivenDay) ?? (columns.Date < 0 ? null : batch.Columns[columns.Date])),
                    batch.FirstRow,
                    open
                );
                if (count < 0)
                {
                    kept?.GiveUp();
                    return;
                }
                batch.Select(open, count);
                kept?.Add(batch);
            },
            rest: hashesRecords ? _ => false : null
        );

    /// <summary>
    /// The pass where the ledger knows records: a row whose record was there before is settled by its key and its bytes. Only of the others are the values read, and they are kept.
    /// </summary>
    private PassSegment CompareRecords(LedgerDiff diff, IngestColumns columns, KeptRows kept) =>
        Segment(
            Sides.Count - 1,
            Columns,
            columns.Keys.Contains,
            columns.Keys,
            prepare: batch => RowHashes.HashKeys(batch, columns.Keys),
            accept: batch =>
            {
                Hold(diff, columns, batch);
                int[] open = batch.Lease.Rent<int>(batch.RowCount);
                int count = diff.Settle(batch.KeyHashes.AsSpan(0, batch.RowCount), batch.RecordHashes.AsSpan(0, batch.RowCount), open);
                if (count > 0)
                {
                    RowBatch rows = OpenRows.Read(batch, open, count, columns.Keys);
                    RowHashes.HashKeys(rows, columns.Keys);
                    RowHashes.HashRows(rows, columns.Compared);
                    diff.AddOpen(rows);
                    kept.Add(rows);
                }
            },
            rest: c => !columns.Keys.Contains(c)
        );

    private static void Hold(LedgerDiff diff, IngestColumns columns, RowBatch batch)
    {
        foreach (HeldKeys held in columns.KeepsArrival ? [] : batch.Held)
        {
            Array.ForEach(RowHashes.HashHeld(held, columns.Keys), key => diff.Hold(key));
        }
    }

    /// <summary>
    /// The name of the form of the input's records, where their hashes can tell rows: not where ranks tell which row is newer, for they stand where the ledger has room
    /// for the hashes; not under a schema, for there every value must be read.
    /// </summary>
    private string? RecordForm(IngestColumns columns) =>
        Sides[^1].RecordForm is { } form && columns.Hashes.RankColumn is null && options.Schema is null
            ? RecordForms.Name(form, Columns.Columns.Select(c => c.Patterns[^1]))
            : null;

    private static ReadOnlySpan<ulong> Ranks(RowBatch batch, Column? date)
    {
        if (date is null)
        {
            return [];
        }
        ulong[] ranks = batch.Lease.Rent<ulong>(batch.RowCount);
        for (int i = 0; i < batch.RowCount; i++)
        {
            ranks[i] = SortKey.Fixed(date, i, inverted: false);
        }
        return ranks.AsSpan(0, batch.RowCount);
    }

    /// <summary>The version's ledger, or a new one when its hashes were made of other columns or types: then the table's files are read once.</summary>
    private async Task<(IReadOnlyList<LedgerFile> Ledger, TableChecksum Checksum)> ComparableLedgerAsync(
        IngestColumns columns,
        CommitRecord joined,
        TableTransaction transaction
    )
    {
        if (columns.Hashes.Matches(joined.Hashes))
        {
            return (joined.Ledger, TableChecksum.Parse(joined.Checksum));
        }
        Run.Report.Passes.Add("read the table once: the columns to compare, or their types, are not those of its ledger");
        LiveRows live = await LiveRows.ReadLedgerAsync(_log.Store, joined, Run.Budget, null, Run.CancellationToken).ConfigureAwait(false);
        using (live)
        {
            return await RebuildAsync(columns, joined, live, transaction).ConfigureAwait(false);
        }
    }

    /// <summary>Hashes the live rows of the table's files under the columns and types of now, into a ledger file.</summary>
    private async Task<(IReadOnlyList<LedgerFile> Ledger, TableChecksum Checksum)> RebuildAsync(
        IngestColumns columns,
        CommitRecord joined,
        LiveRows live,
        TableTransaction transaction
    )
    {
        using var rows = new LedgerDelta(Run.Budget, options.TempDirectory, options.Threads, []);
        var segments = new List<PassSegment>();
        for (int f = 0; f < joined.Files.Count; f++)
        {
            if (live.Files[f] is { } wanted && wanted.Count() > 0)
            {
                segments.Add(Rehash(columns, joined.Files[f], f, wanted, rows));
            }
        }
        await PipelineGraph.RunAsync(Run, new PassSpec { Phase = "reading the table", Segments = segments }).ConfigureAwait(false);
        return ([await WriteLedgerAsync(transaction, rows.Drain(place => place)).ConfigureAwait(false)], rows.Checksum(default));
    }

    private PassSegment Rehash(IngestColumns columns, TableFile file, int number, RowBitmap live, LedgerDelta rows)
    {
        long row = -1;
        return Stored(
            columns,
            file,
            live,
            c => columns.Keys.Contains(c) || columns.Compared.Contains(c) || c == columns.Date,
            prepare: batch =>
            {
                RowHashes.HashKeys(batch, columns.Keys);
                RowHashes.HashRows(batch, columns.Compared);
            },
            accept: batch =>
            {
                Column? date =
                    columns.KeepsArrival ? PartitionDates.Numbers(batch.Columns[^1], absent: null, batch)
                    : columns.Date < 0 ? null
                    : batch.Columns[columns.Date];
                ReadOnlySpan<ulong> ranks = Ranks(batch, date);
                for (int i = 0; i < batch.RowCount; i++)
                {
                    row = live.Next(row + 1, live.Rows);
                    ulong rank = ranks.IsEmpty ? 0 : ranks[i];
                    rows.Inserted(new KeyRecord(batch.KeyHashes![i], batch.RowHashes![i].High, rank, LedgerFormat.Place(number, row)));
                }
            },
            columns.KeepsArrival
        );
    }

    /// <summary>A segment that reads rows of a file of the table, under the job's columns. The file may lack some of them, or hold narrower types.</summary>
    private PassSegment Stored(
        IngestColumns columns,
        TableFile file,
        RowBitmap rows,
        Func<int, bool> wanted,
        Action<RowBatch>? prepare,
        Action<RowBatch>? accept,
        bool withDay = false
    ) =>
        new()
        {
            Side = new TableSide("table", [new StoredParquetInput(_log.Store, file, rows)]),
            Plan = (_, found) =>
            {
                var ordinals = found.Select((column, i) => (column.Name, i)).ToDictionary(c => c.Name, c => c.i);
                return
                [
                    .. Columns.Columns.Select(
                        (column, c) =>
                            new PlanColumn(
                                columns.Name(c),
                                ordinals.GetValueOrDefault(columns.Name(c), -1),
                                column.Type,
                                wanted(c) ? ColumnMode.Convert : ColumnMode.Skip
                            )
                    ),
                    .. Day(),
                ];
                IEnumerable<PlanColumn> Day() =>
                    withDay
                        ?
                        [
                            new PlanColumn(
                                ArrivalColumns.PartitionDate,
                                ordinals.GetValueOrDefault(ArrivalColumns.PartitionDate, -1),
                                ColumnType.Text,
                                ColumnMode.Convert
                            ),
                        ]
                        : [];
            },
            Prepare = prepare,
            Accept = accept,
        };
}
