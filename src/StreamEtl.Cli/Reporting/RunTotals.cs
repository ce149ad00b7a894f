using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Reporting;

/// <summary>Adds up the reports of several tables.</summary>
internal static class RunTotals
{
    /// <summary>Adds each table's files, counts, stages and warnings to <paramref name="whole"/>.</summary>
    public static void Add(RunReport whole, IEnumerable<(string Name, RunReport Report)> tables)
    {
        foreach ((string name, RunReport report) in tables)
        {
            whole.Inputs.AddRange(report.Inputs);
            whole.Outputs.AddRange(report.Outputs);
            whole.RowsRead += report.RowsRead;
            whole.RowsWritten += report.RowsWritten;
            whole.RowsRejected += report.RowsRejected;
            whole.DuplicatesRemoved += report.DuplicatesRemoved;
            whole.Inserts += report.Inserts;
            whole.Updates += report.Updates;
            whole.Deletes += report.Deletes;
            whole.Unchanged += report.Unchanged;
            whole.ChangedWithoutDate += report.ChangedWithoutDate;
            whole.Held += report.Held;
            whole.DuplicateKeys += report.DuplicateKeys;
            whole.SpilledBytes += report.SpilledBytes;
            whole.Warnings.AddRange(report.Warnings.Select(w => $"{name}: {w}"));
            AddBatchBytes(whole.BatchBytes, report.BatchBytes);
            foreach (StageReport stage in report.Stages)
            {
                AddStage(whole.Stages, stage);
            }
        }
    }

    private static void AddBatchBytes(BatchBytesReport whole, BatchBytesReport one)
    {
        whole.Min =
            whole.Min == 0 ? one.Min
            : one.Min == 0 ? whole.Min
            : Math.Min(whole.Min, one.Min);
        whole.Max = Math.Max(whole.Max, one.Max);
        whole.Last = one.Last > 0 ? one.Last : whole.Last;
    }

    private static void AddStage(List<StageReport> stages, StageReport stage)
    {
        int at = stages.FindIndex(s => s.Name == stage.Name);
        if (at < 0)
        {
            stages.Add(stage);
            return;
        }
        StageReport sum = stages[at];
        stages[at] = sum with
        {
            Batches = sum.Batches + stage.Batches,
            Rows = sum.Rows + stage.Rows,
            BusySeconds = sum.BusySeconds + stage.BusySeconds,
            WaitingSeconds = sum.WaitingSeconds + stage.WaitingSeconds,
        };
    }
}
