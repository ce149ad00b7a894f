using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Encoding;

/// <summary>NDJSON: one object a line.</summary>
public sealed class JsonLinesEncoder(IReadOnlyList<Field> fields, BufferPool pool) : RowTextEncoder(fields, pool)
{
    private readonly JsonRows _rows = new(fields);

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Prologue => default;

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Epilogue => default;

    private protected override void AddRow(RowBatch batch, int row, ByteBuffer text, long[] nullCounts)
    {
        _rows.Add(batch.Columns, row, text, nullCounts);
        text.Add((byte)'\n');
    }
}
