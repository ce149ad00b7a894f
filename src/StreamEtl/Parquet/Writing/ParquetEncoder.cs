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

    private readonly Field[] _fields = [.. fields.Select(f => f.Type.Kind == ColumnKind.Null ? f with { Type = ColumnType.Text } : f)];
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
            var chunks = new ColumnChunk[_fields.Length];
            var nullCounts = new long[_fields.Length];
            var part = new RowGroupPart(lease, rows, nullCounts, chunks);
            var store = new PageStore(lease);
            for (int c = 0; c < _fields.Length; c++)
            {
                // What a column gathers and counts is scratch; only its pages stay with the part.
                using BufferLease scratch = pool.Lease();
                ColumnValues values = ColumnValues.Gather(batches, c, _fields[c], rows, scratch);
                var pages = new ChunkPages(_fields[c], options.Codec, store, part);
                chunks[c] = new ChunkEncoder(_fields[c], options, scratch, pages).Encode(values);
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
        for (int c = 0; c < group.Columns.Length; c++)
        {
            PageIndexWriter.Seal(group.Columns[c], _fields[c].Type, _position);
        }
        _groups.Add(new RowGroupEntry(_position, group.Rows, group.Length, group.Columns));
        for (int s = 0; s < group.Segments.Count; s++)
        {
            await WriteAsync(output, group.Segments[s], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken)
    {
        foreach (ColumnChunk chunk in _groups.SelectMany(g => g.Columns))
        {
            chunk.ColumnIndex = (_position, chunk.EncodedColumnIndex.Length);
            await WriteAsync(output, chunk.EncodedColumnIndex, cancellationToken).ConfigureAwait(false);
        }
        foreach (ColumnChunk chunk in _groups.SelectMany(g => g.Columns))
        {
            chunk.OffsetIndex = (_position, chunk.EncodedOffsetIndex.Length);
            await WriteAsync(output, chunk.EncodedOffsetIndex, cancellationToken).ConfigureAwait(false);
        }
        ReadOnlyMemory<byte> footer = FooterWriter.Footer(_fields, _groups, options.KeyValueMetadata);
        await WriteAsync(output, footer, cancellationToken).ConfigureAwait(false);
        await WriteAsync(output, BitConverter.GetBytes(footer.Length), cancellationToken).ConfigureAwait(false);
        await WriteAsync(output, Magic, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(Stream output, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        _position += bytes.Length;
    }
}
