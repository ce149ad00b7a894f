using StreamEtl.Diagnostics;
using StreamEtl.Types;

namespace StreamEtl.Tables;

/// <summary>
/// One version of a table: everything that is needed to read it and to go on from it. Written once, as JSON (<see cref="CommitJson"/>), under a name that only the first
/// writer gets. The record of the highest version is the table.
/// </summary>
public sealed record CommitRecord
{
    /// <summary>The newest form of records. One of a higher form is refused, not guessed at.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The form of this record.</summary>
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>1 for the first.</summary>
    public required long Version { get; init; }

    /// <summary>The version that this one was made from; 0 for the first.</summary>
    public required long Previous { get; init; }

    /// <summary>What made it.</summary>
    public required CommitMode Mode { get; init; }

    /// <summary>Start of the run, UTC; <c>_cdc_timestamp</c> of its changes.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The run that wrote it.</summary>
    public required string RunId { get; init; }

    /// <summary>The table's name.</summary>
    public required string Table { get; init; }

    /// <summary>Names of the key columns.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The column that says which row is newer, or null.</summary>
    public string? DateField { get; init; }

    /// <summary>Names of the compared columns where the user chose them; null: all but the key.</summary>
    public IReadOnlyList<string>? Compare { get; init; }

    /// <summary>
    /// True when the table takes new and changed rows only, and keeps of each when and from what it came (<c>ingestDate</c>, <c>partitionDate</c>, <c>version</c>: the last columns
    /// of the schema). Its ranks are then days as numbers <c>YYYYMMDD</c>.
    /// </summary>
    public bool KeepsArrival { get; init; }

    /// <summary>The columns of the table. Files may lack some (NULL there) or hold a narrower type.</summary>
    public required IReadOnlyList<Field> Schema { get; init; }

    /// <summary>The Parquet files, a full load first. A row's place is its file's index in this list and its number in the file.</summary>
    public required IReadOnlyList<TableFile> Files { get; init; }

    /// <summary>The ledger files, oldest first.</summary>
    public required IReadOnlyList<LedgerFile> Ledger { get; init; }

    /// <summary>What the ledger's hashes were made of.</summary>
    public required LedgerHashes Hashes { get; init; }

    /// <summary>What the version changed.</summary>
    public required CommitCounts Counts { get; init; }

    /// <summary>What was read.</summary>
    public required IReadOnlyList<CommitInput> Inputs { get; init; }

    /// <summary>Sum over the live rows, whatever their order (<see cref="TableChecksum"/>); 32 hexadecimal digits.</summary>
    public required string Checksum { get; init; }

    /// <summary>How the schema differs from that of the version before.</summary>
    public IReadOnlyList<SchemaChange> SchemaChanges { get; init; } = [];
}
