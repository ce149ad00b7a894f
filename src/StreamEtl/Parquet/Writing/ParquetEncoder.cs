using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>
/// Writes Parquet (apache/parquet-format 2.x, data pages V1, which every reader reads): one part is one row group. A row group is encoded on its own, on any thread; only
/// its description stays in memory, so that memory does not grow with the file.
/// </summary>
public sealed class ParquetEncoder(IReadOnlyList<Field> fields, ParquetWriteOptions options, BufferPool pool) : IBatchEncoder
{
    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private readonly List<RowGroupEntry> _groups = [];
    private long _position;

    /// <inheritdoc/>
    public int RowsPerPart => options.RowsPerGroup;

    /// <inheritdoc/>
    public EncodedPart Encode(IReadOnlyList<RowBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        BufferLease lease = pool.Lease();
        try
        {
            int rows = batches.Sum(b => b.SelectedCount);
            var chunks = new ColumnChunk[fields.Count];
            var nullCounts = new long[fields.Count];
            var part = new RowGroupPart(lease, rows, nullCounts, chunks);
            for (int c = 0; c < fields.Count; c++)
            {
                // What a column gathers and counts is scratch; only its pages stay with the part.
                using BufferLease scratch = pool.Lease();
                ColumnValues values = ColumnValues.Gather(batches, c, fields[c], rows, scratch);
                chunks[c] = new ChunkEncoder(fields[c], options, lease, scratch).Encode(values, part);
                nullCounts[c] = chunks[c].NullCount;
            }
            return part;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken) => WriteAsync(output, Magic, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken)
    {
        var group = (RowGroupPart)part;
        _groups.Add(new RowGroupEntry(_position, group.Rows, group.Length, group.Columns));
        foreach (ReadOnlyMemory<byte> segment in group.Segments)
        {
            await WriteAsync(output, segment, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken)
    {
        foreach (ColumnChunk chunk in _groups.SelectMany(g => g.Columns))
        {
            chunk.ColumnIndex = await WriteIndexAsync(output, FooterWriter.ColumnIndex(chunk), cancellationToken).ConfigureAwait(false);
        }
        foreach (RowGroupEntry group in _groups)
        {
            foreach (ColumnChunk chunk in group.Columns)
            {
                chunk.OffsetIndex = await WriteIndexAsync(output, FooterWriter.OffsetIndex(chunk, group.Offset), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        ReadOnlyMemory<byte> footer = FooterWriter.Footer(fields, _groups, options.KeyValueMetadata);
        await WriteAsync(output, footer, cancellationToken).ConfigureAwait(false);
        await WriteAsync(output, BitConverter.GetBytes(footer.Length), cancellationToken).ConfigureAwait(false);
        await WriteAsync(output, Magic, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(long Offset, int Length)> WriteIndexAsync(
        Stream output,
        ReadOnlyMemory<byte> index,
        CancellationToken cancellationToken
    )
    {
        long offset = _position;
        await WriteAsync(output, index, cancellationToken).ConfigureAwait(false);
        return (offset, index.Length);
    }

    private async ValueTask WriteAsync(Stream output, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        _position += bytes.Length;
    }
}
