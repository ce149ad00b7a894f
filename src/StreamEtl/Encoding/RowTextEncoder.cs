using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Encoding;

/// <summary>What the formats of one text record a row have in common.</summary>
public abstract class RowTextEncoder(IReadOnlyList<Field> fields, BufferPool pool) : IBatchEncoder
{
    /// <summary>The output's fields.</summary>
    protected IReadOnlyList<Field> Fields { get; } = fields;

    /// <inheritdoc/>
    public int RowsPerPart => 0;

    /// <inheritdoc/>
    public EncodedPart Encode(IReadOnlyList<RowBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        BufferLease lease = pool.Lease();
        try
        {
            long[] nullCounts = new long[Fields.Count];
            int rows = batches.Sum(b => b.SelectedCount);
            var text = new ByteBuffer(lease, (int)Math.Clamp(batches.Sum(b => b.InputBytes) * 5 / 4, 4096, 64 << 20));
            foreach (RowBatch batch in batches)
            {
                for (int i = 0; i < batch.SelectedCount; i++)
                {
                    AddRow(batch, batch.Selection is { } selection ? selection[i] : i, text, nullCounts);
                }
            }
            var part = new EncodedPart(lease, rows, nullCounts);
            part.Append(text.Written);
            return part;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(output);
        foreach (ReadOnlyMemory<byte> segment in part.Segments)
        {
            await output.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes one row; counts its NULLs.</summary>
    private protected abstract void AddRow(RowBatch batch, int row, ByteBuffer text, long[] nullCounts);
}
