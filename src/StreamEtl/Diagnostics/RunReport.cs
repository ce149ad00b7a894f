using StreamEtl.Types;

namespace StreamEtl.Diagnostics;

/// <summary>What a run did; written as JSON with snake_case names by <c>--report</c> (cli.md, "The report"). Counts are exact.</summary>
public sealed class RunReport
{
    /// <summary><c>convert</c>, <c>dedupe</c>, <c>diff</c>, …</summary>
    public required string Verb { get; init; }

    /// <summary><c>completed</c> or <c>failed</c>.</summary>
    public string Status { get; set; } = "completed";

    /// <summary>The message of the error that ended a failed run.</summary>
    public string? Error { get; set; }

    /// <summary>When the run began (UTC).</summary>
    public DateTimeOffset StartedAt { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Names the run, in the report and in the files that it wrote.</summary>
    public string RunId { get; init; } = Guid.CreateVersion7().ToString();

    /// <summary>Wall time.</summary>
    public double Seconds { get; set; }

    /// <summary>The journey that the run was part of; null when it was none.</summary>
    public JourneyReport? Journey { get; set; }

    /// <summary>The summary of a consolidation that was stored; null when none was.</summary>
    public CongregadoReport? Congregado { get; set; }

    /// <summary>What was read.</summary>
    public List<FileReport> Inputs { get; } = [];

    /// <summary>What was written.</summary>
    public List<FileReport> Outputs { get; } = [];

    /// <summary>Rows read, malformed ones included.</summary>
    public long RowsRead { get; set; }

    /// <summary>Rows in the output.</summary>
    public long RowsWritten { get; set; }

    /// <summary>Rows set aside.</summary>
    public long RowsRejected { get; set; }

    /// <summary>Rows dropped because an equal row, or a better row of the same key, stays.</summary>
    public long DuplicatesRemoved { get; set; }

    /// <summary>diff: rows only in NEW.</summary>
    public long Inserts { get; set; }

    /// <summary>diff: rows of a known key that changed.</summary>
    public long Updates { get; set; }

    /// <summary>diff: rows only in OLD.</summary>
    public long Deletes { get; set; }

    /// <summary>diff: rows equal on both sides.</summary>
    public long Unchanged { get; set; }

    /// <summary>diff: rows that differ without a newer date.</summary>
    public long ChangedWithoutDate { get; set; }

    /// <summary>ingest: rows held back from deletion.</summary>
    public long Held { get; set; }

    /// <summary>ingest: the table's name; null for other verbs.</summary>
    public string? Table { get; set; }

    /// <summary>ingest: the table's version after the run; null for other verbs, and before anything was committed.</summary>
    public long? TableVersion { get; set; }

    /// <summary>ingest: true when the table was left as it is because the input changes nothing.</summary>
    public bool NothingToDo { get; set; }

    /// <summary>consolidate: what came of each origin; empty for other verbs.</summary>
    public List<OriginReport> Origins { get; } = [];

    /// <summary>Keys that had differing rows within one snapshot.</summary>
    public long DuplicateKeys { get; set; }

    /// <summary>Most memory that the process ever held, as the kernel counts it.</summary>
    public long PeakMemoryBytes { get; set; }

    /// <summary>Bytes written to the temp folder.</summary>
    public long SpilledBytes { get; set; }

    /// <summary>The output's fields.</summary>
    public List<Field> Schema { get; } = [];

    /// <summary>Differences between the inputs' columns.</summary>
    public List<SchemaChange> SchemaChanges { get; } = [];

    /// <summary>Nulls by output column.</summary>
    public List<ColumnReport> Columns { get; } = [];

    /// <summary>Where time went.</summary>
    public List<StageReport> Stages { get; } = [];

    /// <summary>How the batch size adapted.</summary>
    public BatchBytesReport BatchBytes { get; } = new();

    /// <summary>Passes over the input, and why there was more than one.</summary>
    public List<string> Passes { get; } = [];

    /// <summary>Things the user should know.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Forgets everything but what the run is, before it begins again.</summary>
    public void Clear()
    {
        (Status, Error, Seconds, Journey, Congregado) = ("completed", null, 0, null, null);
        (RowsRead, RowsWritten, RowsRejected, DuplicatesRemoved) = (0, 0, 0, 0);
        (Inserts, Updates, Deletes, Unchanged, ChangedWithoutDate, Held) = (0, 0, 0, 0, 0, 0);
        (Table, TableVersion, NothingToDo) = (null, null, false);
        (DuplicateKeys, PeakMemoryBytes, SpilledBytes) = (0, 0, 0);
        (BatchBytes.Min, BatchBytes.Max, BatchBytes.Last) = (0, 0, 0);
        System.Collections.IList[] lists = [Inputs, Outputs, Origins, Schema, SchemaChanges, Columns, Stages, Passes, Warnings];
        foreach (System.Collections.IList list in lists)
        {
            list.Clear();
        }
    }
}
