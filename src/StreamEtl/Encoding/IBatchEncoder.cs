using StreamEtl.Batches;

namespace StreamEtl.Encoding;

/// <summary>
/// Turns batches into a file of one format. <see cref="Encode"/> is called from many threads at once; the writing methods by one, in order.
/// The encoder never disposes a batch.
/// </summary>
public interface IBatchEncoder
{
    /// <summary>Rows that the graph gathers into one part (a Parquet row group); 0 when each batch is a part of its own.</summary>
    int RowsPerPart { get; }

    /// <summary>Encodes the selected rows of the batches, in order. Thread-safe; the result owns its buffers and refers to no batch.</summary>
    EncodedPart Encode(IReadOnlyList<RowBatch> batches);

    /// <summary>Writes what stands before the first part.</summary>
    ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken);

    /// <summary>Writes a part; parts arrive in row order. The caller disposes the part.</summary>
    ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken);

    /// <summary>Writes what stands after the last part (a footer). Called once, also when there was no part.</summary>
    ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken);
}
