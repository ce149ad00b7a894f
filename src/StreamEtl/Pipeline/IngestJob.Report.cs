using StreamEtl.Diagnostics;
using StreamEtl.Diff;
using StreamEtl.Errors;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <content>Counting, and what the user is told.</content>
internal sealed partial class IngestJob
{
    /// <summary>The same rows as those that the table was last loaded with: loading them again would make a version that differs in nothing.</summary>
    private static bool IsLoadedAlready(IngestDecision decision, CommitRecord newest) =>
        newest.Files.Count == 1
        && decision.Columns.ComparesAll
        && decision.Columns.Hashes.Matches(newest.Hashes)
        && decision.Columns.Fields.SequenceEqual(newest.Schema)
        && decision.Outcome.Counts.Inserts == newest.Counts.Rows
        && decision.Checksum == newest.Checksum;

    private bool NothingToDo(CommitRecord newest)
    {
        Run.Report.NothingToDo = true;
        Run.Report.TableVersion = newest.Version;
        Run.Report.RowsWritten = 0;
        return true;
    }

    /// <summary>How a load differs from the version before, where their keys are hashed alike.</summary>
    private async Task<CommitCounts> CountLoadAsync(IngestDecision decision, CommitRecord? newest, LedgerFile ledger)
    {
        var tally = new LedgerTally(ledger.Rows, 0, newest?.Counts.Rows ?? 0, 0);
        if (newest is not null && decision.Columns.Hashes.MatchesKeys(newest.Hashes))
        {
            OpenLedger older = await OpenLedger.OpenAsync(_log.Store, newest.Ledger, Run.CancellationToken).ConfigureAwait(false);
            await using (older.ConfigureAwait(false))
            {
                OpenLedger newer = await OpenLedger.OpenAsync(_log.Store, [ledger], Run.CancellationToken).ConfigureAwait(false);
                await using (newer.ConfigureAwait(false))
                {
                    bool comparesRows = decision.Columns.Hashes.Matches(newest.Hashes);
                    tally = await LedgerTally
                        .CountAsync(older.Read(), newer.Read(), comparesRows, Run.CancellationToken)
                        .ConfigureAwait(false);
                }
            }
        }
        Run.Report.Inserts = tally.Inserts;
        Run.Report.Updates = tally.Updates;
        Run.Report.Deletes = tally.Deletes;
        Run.Report.Unchanged = tally.Unchanged;
        return new CommitCounts
        {
            Rows = ledger.Rows,
            Inserts = tally.Inserts,
            Updates = tally.Updates,
            Deletes = tally.Deletes,
            Unchanged = tally.Unchanged,
            Duplicates = decision.Outcome.Counts.Duplicates,
        };
    }

    private static CommitCounts ChangeCounts(DiffCounts counts, CommitRecord newest) =>
        new()
        {
            Rows = newest.Counts.Rows + counts.Inserts - counts.Deletes,
            Inserts = counts.Inserts,
            Updates = counts.Updates,
            Deletes = counts.Deletes,
            Unchanged = counts.Unchanged,
            Held = counts.Held,
            ChangedWithoutDate = counts.ChangedWithoutDate,
            Duplicates = counts.Duplicates,
        };

    /// <summary>Says how the columns differ, and stops where the user wants them to stay as they are.</summary>
    private void ReportChanges(IngestDecision decision, CommitRecord newest)
    {
        if (Sides[^1].Names.Count == 0)
        {
            return;
        }
        SchemaChange[] changes = [.. decision.Columns.Changes(newest)];
        Run.Report.SchemaChanges.AddRange(changes);
        SchemaChange[] real = [.. changes.Where(c => !c.Change.EndsWith("(case only)", StringComparison.Ordinal))];
        if (options.SchemaChange == SchemaChangeRule.Fail && real.Length > 0)
        {
            throw new StreamEtlException(
                ErrorKind.SchemaChanged,
                $"the input's columns are not those of table '{newest.Table}': "
                    + string.Join(", ", real.Take(5).Select(c => $"'{c.Column}' {c.Change}"))
                    + (real.Length > 5 ? $" and {real.Length - 5} more" : ""),
                hint: "--schema-change evolve lets the table follow; nothing was changed"
            );
        }
    }

    private void ReportFile(TableFile file, IReadOnlyList<Field> fields, PassResult result)
    {
        RunReport report = Run.Report;
        string key = file.Role == TableFileRole.Full ? _log.Layout.Published : file.Path;
        report.Outputs.Add(new FileReport(StoreErrors.At(_log.Store.Name, key).Source, file.Rows, file.Bytes));
        report.RowsWritten = file.Rows;
        ReportColumns(fields, result.NullCounts, file.Rows);
    }

    private void Describe(DiffCounts counts)
    {
        Run.Report.Held = counts.Held;
        ReportCounts(counts, "the input", _arrival is null ? "date" : ArrivalColumns.PartitionDate, options.OnDuplicateKey);
        if (counts.Held > 0)
        {
            Run.Warn(
                $"{counts.Held} keys are only in malformed rows of the input: they are held, and keep the rows that the table has of them"
            );
        }
    }
}
