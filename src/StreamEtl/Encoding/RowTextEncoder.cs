using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Encoding;

/// <summary>What the formats of one text record a row have in common.</summary>
public abstract class RowTextEncoder(IReadOnlyList<Field> fields, BufferPool pool) : IBatchEncoder
{
    /// <summary>The output's fields.</summary>
    protected IReadOnlyList<Field> Fields { get; } = fields;

    private bool _any;

    /// <inheritdoc/>
    public int RowsPerPart => 0;

    /// <summary>What stands before the first row.</summary>
    internal abstract ReadOnlyMemory<byte> Prologue { get; }

    /// <summary>What stands after the last row.</summary>
    internal abstract ReadOnlyMemory<byte> Epilogue { get; }

    /// <summary>What stands between two rows, if anything does; a row itself ends where it ends.</summary>
    private protected virtual ReadOnlyMemory<byte> Separator => default;

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
            ReadOnlySpan<byte> separator = Separator.Span;
            foreach (RowBatch batch in batches)
            {
                for (int i = 0; i < batch.SelectedCount; i++)
                {
                    if (separator.Length > 0 && text.Length > 0)
                    {
                        text.Add(separator);
                    }
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
    public async ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteAsync(Prologue, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(output);
        if (part.Length == 0)
        {
            return;
        }
        await output.WriteAsync(Before(ref _any), cancellationToken).ConfigureAwait(false);
        foreach (ReadOnlyMemory<byte> segment in part.Segments)
        {
            await output.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteAsync(Epilogue, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What stands before the next part, which has rows. <paramref name="any"/>: whether there was a part before; now there is.</summary>
    internal ReadOnlyMemory<byte> Before(ref bool any)
    {
        ReadOnlyMemory<byte> separator = any ? Separator : default;
        any = true;
        return separator;
    }

    /// <summary>Writes one row; counts its NULLs.</summary>
    private protected abstract void AddRow(RowBatch batch, int row, ByteBuffer text, long[] nullCounts);
}
