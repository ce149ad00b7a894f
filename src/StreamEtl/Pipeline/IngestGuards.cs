using System.Globalization;
using StreamEtl.Errors;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline;

/// <summary>
/// Stops runs that would do to a table what its source probably did not mean: a dump that is empty for one day, cut off, or whose keys are all written differently.
/// Each says what was found and how to go on, and comes before anything is committed.
/// </summary>
internal static class IngestGuards
{
    /// <summary>Refuses an input without rows for a table that has some, and one that ends inside quotes, or without the line break that earlier ones ended with.</summary>
    public static void CheckInput(IngestOptions options, CommitRecord? newest, IngestDecision decision, bool endsInsideQuotes)
    {
        bool empties = newest?.Counts.Rows > 0 && decision.Rows == 0 && !decision.Columns.KeepsArrival;
        if (empties && !options.AllowEmpty)
        {
            throw new StreamEtlException(
                ErrorKind.EmptySnapshot,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the input has no rows, and table '{newest!.Table}' has {newest.Counts.Rows:N0}: as a snapshot it would delete all of them"
                ),
                Position(decision),
                "if that is meant, say --allow-empty; nothing was changed"
            );
        }
        if (endsInsideQuotes && !options.AllowTruncated)
        {
            throw new StreamEtlException(
                ErrorKind.TruncatedInput,
                "the input ends inside quotes: it was probably cut off, and what its last record has swallowed is not known",
                Position(decision),
                "if it is complete, say --allow-truncated; nothing was changed"
            );
        }
        if (newest is null || options.AllowTruncated || !newest.Inputs.All(i => i.Terminated == true))
        {
            return;
        }
        if (decision.Inputs.FirstOrDefault(i => i.Terminated == false) is { } cut)
        {
            throw new StreamEtlException(
                ErrorKind.TruncatedInput,
                "the last record has no line break at its end, unlike in the input that the table has from before: the input was probably cut off",
                new RecordPosition(cut.Path, 0, -1),
                "if it is complete, say --allow-truncated; nothing was changed"
            );
        }
    }

    /// <summary>Refuses to delete more than the user allows.</summary>
    public static void CheckDeletes(IngestOptions options, CommitRecord? newest, long deletes, long rows)
    {
        if (newest is null || newest.Counts.Rows == 0 || (rows == 0 && options.AllowEmpty))
        {
            return;
        }
        double percent = 100.0 * deletes / newest.Counts.Rows;
        if (percent > options.MaxDeletePercent)
        {
            throw new StreamEtlException(
                ErrorKind.MassDeletion,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the input lacks {deletes:N0} of the {newest.Counts.Rows:N0} keys of table '{newest.Table}' ({percent:0.##} %), and a run may delete {options.MaxDeletePercent:0.##} %"
                ),
                hint: "if they are really gone, say --max-delete-percent 100 (or as much as you expect); nothing was changed"
            );
        }
    }

    private static RecordPosition? Position(IngestDecision decision) =>
        decision.Inputs.Count > 0 ? new RecordPosition(decision.Inputs[0].Path, 0, -1) : null;
}
