using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Encoding;

/// <summary>One JSON array of objects, one object a line.</summary>
public sealed class JsonArrayEncoder(IReadOnlyList<Field> fields, BufferPool pool) : RowTextEncoder(fields, pool)
{
    private readonly JsonRows _rows = new(fields);

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Prologue => "[\n"u8.ToArray();

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Epilogue => "\n]\n"u8.ToArray();

    private protected override ReadOnlyMemory<byte> Separator { get; } = ",\n"u8.ToArray();

    private protected override void AddRow(RowBatch batch, int row, ByteBuffer text, long[] nullCounts) =>
        _rows.Add(batch.Columns, row, text, nullCounts);
}
