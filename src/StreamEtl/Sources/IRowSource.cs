using StreamEtl.Batches;

namespace StreamEtl.Sources;

/// <summary>
/// Reads one input as rows. The graph calls <see cref="ReadAsync"/> from one pump, one call at a time, and <see cref="Decode"/> from many
/// threads at once, so a source keeps cheap sequential work in the first and the rest in the second. No later stage knows the format.
/// The source is disposed once its last unit has been read, while units may still be decoding: disposal closes the input and nothing else.
/// </summary>
public interface IRowSource : IAsyncDisposable
{
    /// <summary>What errors and progress print.</summary>
    SourceInfo Info { get; }

    /// <summary>Stored bytes consumed so far, for progress.</summary>
    long Position { get; }

    /// <summary>1-based physical line at which the first unit starts (behind preamble and header); 0 for formats without lines.</summary>
    long FirstLine { get; }

    /// <summary>What the user should know of how the input was understood (renamed header fields, …).</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>The input's columns in order. Known once the source is open.</summary>
    IReadOnlyList<SourceColumn> Columns { get; }

    /// <summary>Rows of the input, where its format says so before they are read.</summary>
    long? RowCount => null;

    /// <summary>Reads the next unit of about <paramref name="targetBytes"/> bytes; null at the end.</summary>
    ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken);

    /// <summary>
    /// Turns a unit into a batch with one entry for each plan column. Thread-safe, no I/O. Takes over the unit's lease: on success the batch holds
    /// it, on an exception the caller still disposes the unit. Malformed rows are left out and listed in <see cref="RowBatch.Rejects"/>.
    /// </summary>
    RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan);
}
