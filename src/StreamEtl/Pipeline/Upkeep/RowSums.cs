using StreamEtl.Batches;
using StreamEtl.Sources;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>Reads rows of a table's files and sums up their hashes, made as the ledger of a version states.</summary>
internal static class RowSums
{
    private const string Operation = "_cdc_operation";

    /// <summary>The sum of some rows of a version, from the files.</summary>
    public static async Task<RowSum> OfAsync(RunContext run, OpenVersion version, IReadOnlyList<RowBitmap?> rows, LedgerHashes hashes)
    {
        var sum = new RowSum();
        await ReadAsync(run, new ChosenRowsInput(version, rows), hashes, (_, _) => sum).ConfigureAwait(false);
        return sum;
    }

    /// <summary>The sums of all rows of a change file, by operation: inserts, updates, deletes. A row of another operation counts nowhere.</summary>
    public static async Task<(RowSum Inserts, RowSum Updates, RowSum Deletes)> OfChangesAsync(
        RunContext run,
        OpenVersion version,
        int file,
        LedgerHashes hashes
    )
    {
        (RowSum inserts, RowSum updates, RowSum deletes, RowSum others) = (new(), new(), new(), new());
        await ReadAsync(
                run,
                new WholeFileInput(version, file),
                hashes,
                (operation, row) =>
                    operation!.Text(row) is [var letter]
                        ? letter switch
                        {
                            (byte)'I' => inserts,
                            (byte)'U' => updates,
                            (byte)'D' => deletes,
                            _ => others,
                        }
                        : others
            )
            .ConfigureAwait(false);
        return (inserts, updates, deletes);
    }

    private static async Task ReadAsync(RunContext run, TableInput input, LedgerHashes hashes, Func<Column?, int, RowSum> choose)
    {
        Field[] fields = [.. hashes.KeyColumns, .. hashes.RowColumns];
        int[] keys = [.. Enumerable.Range(0, hashes.KeyColumns.Count)];
        int[] values = [.. Enumerable.Range(hashes.KeyColumns.Count, hashes.RowColumns.Count)];
        var side = new TableSide("table", [input]);
        await using (side.ConfigureAwait(false))
        {
            await PipelineGraph
                .RunAsync(
                    run,
                    new PassSpec
                    {
                        Phase = "verifying",
                        Segments =
                        [
                            new PassSegment
                            {
                                Side = side,
                                Plan = (_, columns) => Plan(fields, columns),
                                Prepare = batch =>
                                {
                                    RowHashes.HashKeys(batch, keys);
                                    RowHashes.HashRows(batch, values);
                                },
                                Accept = batch =>
                                {
                                    Column? operation = batch.Columns[^1];
                                    for (int row = 0; row < batch.RowCount; row++)
                                    {
                                        choose(operation, row).Add(batch.KeyHashes![row], batch.RowHashes![row]);
                                    }
                                },
                            },
                        ],
                    }
                )
                .ConfigureAwait(false);
        }
    }

    private static PlanColumn[] Plan(Field[] fields, IReadOnlyList<SourceColumn> columns)
    {
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int c = 0; c < columns.Count; c++)
        {
            ordinals[columns[c].Name] = c;
        }
        int operation = ordinals.GetValueOrDefault(Operation, -1);
        return
        [
            .. fields.Select(f => new PlanColumn(f.Name, ordinals.GetValueOrDefault(f.Name, -1), f.Type, ColumnMode.Convert)),
            new PlanColumn(Operation, operation, ColumnType.Text, operation < 0 ? ColumnMode.Skip : ColumnMode.Convert),
        ];
    }
}
