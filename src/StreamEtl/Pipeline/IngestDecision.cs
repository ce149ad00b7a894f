using StreamEtl.Diff;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline;

/// <summary>What the first pass over an input has found.</summary>
/// <param name="Columns">The columns that it was found under.</param>
/// <param name="Delta">Changes of the ledger.</param>
/// <param name="Outcome">Rows to write, and counts.</param>
/// <param name="Kept">The rows to write, among others, when all of them were kept; else the input is read again.</param>
/// <param name="Ledger">The ledger that it was compared with; its hashes are those of the columns.</param>
/// <param name="Checksum">That of the version to be.</param>
/// <param name="Inputs">What was read.</param>
/// <param name="Rows">Well-formed rows read.</param>
internal sealed record IngestDecision(
    IngestColumns Columns,
    LedgerDelta Delta,
    DiffOutcome Outcome,
    KeptRows? Kept,
    IReadOnlyList<LedgerFile> Ledger,
    string Checksum,
    IReadOnlyList<CommitInput> Inputs,
    long Rows
) : IDisposable
{
    /// <summary>The name of the form of the records whose hashes the ledger keeps (<see cref="LedgerHashes.Records"/>).</summary>
    public string? RecordForm { get; init; }

    /// <summary>Numbers of the written rows.</summary>
    public RowRanks Ranks { get; } = new(Outcome.Inserted, Outcome.Updated);

    /// <inheritdoc/>
    public void Dispose()
    {
        Kept?.Release();
        Outcome.Dispose();
        Delta.Dispose();
    }
}
