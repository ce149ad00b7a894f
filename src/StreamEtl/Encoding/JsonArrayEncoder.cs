using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Encoding;

/// <summary>One JSON array of objects, one object a line.</summary>
public sealed class JsonArrayEncoder(IReadOnlyList<Field> fields, BufferPool pool) : RowTextEncoder(fields, pool)
{
    private readonly JsonRows _rows = new(fields);
    private bool _any;

    /// <inheritdoc/>
    public override async ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteAsync("["u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(output);
        // Every row starts with a comma and a line ending; the array's first has no comma.
        foreach (ReadOnlyMemory<byte> segment in part.Segments)
        {
            int skip = _any || segment.Length == 0 ? 0 : 1;
            _any |= segment.Length > 0;
            await output.WriteAsync(segment[skip..], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteAsync("\n]\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    private protected override void AddRow(RowBatch batch, int row, ByteBuffer text, long[] nullCounts)
    {
        text.Add(",\n"u8);
        _rows.Add(batch, row, text, nullCounts);
    }
}
