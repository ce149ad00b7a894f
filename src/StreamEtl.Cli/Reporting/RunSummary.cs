using System.Globalization;
using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Terminal;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Cli.Reporting;

/// <summary>The last words of a run: one line of what it did, then whatever a person should look at.</summary>
internal static class RunSummary
{
    private const int ChangesShown = 8;

    /// <summary>Says it. The details of stages and passes go to the log.</summary>
    public static void Write(RunReport report, JobOptions job, Messages messages)
    {
        foreach (string warning in report.Warnings)
        {
            messages.Warn(warning);
        }
        if (job is TableCareOptions)
        {
            // What there is to say is the output.
            return;
        }
        messages.Say(Line(report, job));
        if (Counts(report, job) is { Length: > 0 } counts)
        {
            messages.Say("  " + counts);
        }
        foreach (OriginReport origin in report.Origins)
        {
            messages.Say($"  {origin.Name}: {Rows(origin.Rows)}, {Count(origin.Winners, origin.Winners == 1 ? "winner" : "winners")}");
        }
        if (report.Congregado is { } congregado)
        {
            messages.Say(
                congregado.Returned
                    ? $"  congregado {congregado.Id}: {congregado.Store} has it already"
                    : $"  congregado {congregado.Id} → {congregado.Store}, with a sample of {Rows(congregado.Sample)}"
            );
        }
        foreach (SchemaChange change in report.SchemaChanges.Take(ChangesShown))
        {
            messages.Say($"  column '{change.Column}': {change.Change}");
        }
        if (report.SchemaChanges.Count > ChangesShown)
        {
            messages.Say($"  … and {report.SchemaChanges.Count - ChangesShown} more column changes (--report lists all)");
        }
        if (report.RowsRejected > 0)
        {
            string where = job.RejectsPath is { } path ? $"listed in {path}" : "add --rejects FILE to list them";
            messages.Say($"  {Rows(report.RowsRejected)} rejected: {where}");
        }
        foreach (string pass in report.Passes)
        {
            messages.Log(LogLevel.Debug, $"pass: {pass}");
        }
        foreach (StageReport stage in report.Stages)
        {
            messages.Log(
                LogLevel.Debug,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"stage {stage.Name}: {stage.Batches:N0} batches, {stage.Rows:N0} rows, busy {stage.BusySeconds:0.000} s, waiting {stage.WaitingSeconds:0.000} s"
                )
            );
        }
    }

    private static string Line(RunReport report, JobOptions job)
    {
        long read = report.Inputs.Sum(i => i.Bytes);
        long written = report.Outputs.Sum(o => o.Bytes);
        string speed = report.Seconds > 0 ? $"{ByteSize.Format((long)(read / report.Seconds))}/s, " : "";
        string seconds = report.Seconds.ToString(report.Seconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
        string end = $"{seconds} s  ({speed}peak {ByteSize.Format(report.PeakMemoryBytes)}{Spilled(report)})";
        return job switch
        {
            ConsolidateOptions when report.Journey is { Returned: true } journey =>
                $"{Names(report)} → {Target(job)}  nothing to do: this has been done already (journey {journey.Key[..12]})",
            SchemaInferOptions => $"{Names(report)}  {report.Schema.Count} columns  {Rows(report.RowsRead)}  {end}",
            SchemaValidateOptions => $"{Names(report)}  keeps to the schema  {Rows(report.RowsRead)}  {end}",
            ConsolidateOptions { Output: "", Partition.Count: 0 } =>
                $"{Names(report)}  {Rows(report.Origins.Sum(o => o.Winners))} would be written  {end}",
            IngestOptions when report.NothingToDo =>
                $"{Names(report)}  nothing to do: {job.Output} has these rows already (version {report.TableVersion})  {end}",
            IngestOptions =>
                $"{Names(report)} → {job.Output}, version {report.TableVersion}  {Rows(report.RowsWritten)}  {ByteSize.Format(read)} → {ByteSize.Format(written)}  {end}",
            _ =>
                $"{Names(report)} → {Target(job)}  {Rows(report.RowsWritten)}  {ByteSize.Format(read)} → {ByteSize.Format(written)}  {end}",
        };
    }

    private static string Target(JobOptions job) =>
        job is ConsolidateOptions { Partition.Count: > 0 } catalogued
            ? $"{catalogued.Database}.{catalogued.Table} {string.Join(", ", catalogued.Partition)}"
            : job.Output;

    private static string Counts(RunReport report, JobOptions job)
    {
        List<string> parts = [];
        if (job is DiffOptions or IngestOptions)
        {
            parts.Add(Count(report.Inserts, report.Inserts == 1 ? "insert" : "inserts"));
            parts.Add(Count(report.Updates, report.Updates == 1 ? "update" : "updates"));
            parts.Add(Count(report.Deletes, report.Deletes == 1 ? "delete" : "deletes"));
            parts.Add(Count(report.Unchanged, "unchanged"));
            if (report.ChangedWithoutDate > 0)
            {
                parts.Add(Count(report.ChangedWithoutDate, "changed without a newer date"));
            }
            if (report.Held > 0)
            {
                parts.Add(Count(report.Held, "held"));
            }
        }
        if (job is DedupeOptions || report.DuplicatesRemoved > 0)
        {
            parts.Add(Count(report.DuplicatesRemoved, report.DuplicatesRemoved == 1 ? "duplicate removed" : "duplicates removed"));
        }
        return string.Join(", ", parts);
    }

    private static string Names(RunReport report) =>
        report.Inputs.Count switch
        {
            0 => "(no input)",
            1 => report.Inputs[0].Path,
            2 => $"{report.Inputs[0].Path}, {report.Inputs[1].Path}",
            var count => string.Create(CultureInfo.InvariantCulture, $"{report.Inputs[0].Path} and {count - 1} more"),
        };

    private static string Spilled(RunReport report) => report.SpilledBytes > 0 ? $", spilled {ByteSize.Format(report.SpilledBytes)}" : "";

    private static string Rows(long rows) => Count(rows, rows == 1 ? "row" : "rows");

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}");
}
