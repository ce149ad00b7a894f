using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Batches;

/// <summary>
/// The traveller: some consecutive rows of one input, from decode to sink, gaining facets on the way. Stages borrow it and change it;
/// only the graph moves and disposes it.
/// </summary>
public sealed class RowBatch(BufferLease lease, int rowCount, Column?[] columns) : IDisposable
{
    /// <summary>Holds every array that the batch refers to.</summary>
    public BufferLease Lease { get; } = lease;

    /// <summary>Rows that were well-formed, before any selection.</summary>
    public int RowCount { get; } = rowCount;

    /// <summary>One for each plan column, in plan order; null where the plan did not ask for values.</summary>
    public Column?[] Columns { get; set; } = columns;

    /// <summary>Ordinal of the first row within its side of the job (all inputs of the side in order), counted over well-formed rows. Set by the graph.</summary>
    public long FirstRow { get; set; }

    /// <summary>Where each row stood among the rows of its unit, when only some of those were decoded; null: row i stood at i.</summary>
    public int[]? Positions { get; set; }

    /// <summary>Bytes of (decoded) input that this batch stands for.</summary>
    public long InputBytes { get; init; }

    /// <summary>Physical lines that this batch's part of the input spans; 0 for formats without lines.</summary>
    public long LineCount { get; init; }

    /// <summary>Rows set aside while decoding, in input order; <see cref="RejectedRecord.Line"/> counts from 0 at the batch's first line.</summary>
    public IReadOnlyList<RejectedRecord> Rejects { get; init; } = [];

    /// <summary>The keys of rows in <see cref="Rejects"/>, as far as they can be read, where the plan has a key.</summary>
    public IReadOnlyList<HeldKeys> Held { get; init; } = [];

    /// <summary>What decoding learnt of each plan column that is inferred; null where nothing was observed.</summary>
    public TypeEvidence?[]? Evidence { get; init; }

    /// <summary>True when a value contradicted the type that the plan assumed; <see cref="Evidence"/> says of which columns, and their values are undefined.</summary>
    public bool Contradicted { get; init; }

    /// <summary>Hash of each row's key, when a stage made it.</summary>
    public Hash128[]? KeyHashes { get; set; }

    /// <summary>Hash of each row's compared columns, when a stage made it.</summary>
    public Hash128[]? RowHashes { get; set; }

    /// <summary>Print of each row's compared columns, 64 bits, when a stage made it.</summary>
    public ulong[]? RowPrints { get; set; }

    /// <summary>Hash of the bytes of each row's record, where the pass asked for it.</summary>
    public ulong[]? RecordHashes { get; init; }

    /// <summary>Where the rows are in their unit, where the pass asked for it and it can be said.</summary>
    public RowPlaces? Places { get; init; }

    /// <summary>
    /// Reads the values that the pass put off, of some rows: their positions, ascending, in an array of this batch's lease, and how many. Set where the pass put any off. The result
    /// lives as long as this batch, and is not disposed.
    /// </summary>
    public Func<int[], int, RowBatch>? ReadRest { get; init; }

    /// <summary>The rows still alive, ascending, in the first <see cref="SelectedCount"/> elements; null means all.</summary>
    public int[]? Selection { get; private set; }

    /// <summary>Number of rows still alive.</summary>
    public int SelectedCount { get; private set; } = rowCount;

    /// <summary>The first row still alive; there is one.</summary>
    public int FirstSelected => Selection is { } rows ? rows[0] : 0;

    /// <summary>The last row still alive; there is one.</summary>
    public int LastSelected => Selection is { } rows ? rows[SelectedCount - 1] : RowCount - 1;

    /// <summary>Ordinal of a row within its side of the job.</summary>
    public long Ordinal(int row) => FirstRow + (Positions is null ? row : Positions[row]);

    /// <summary>Narrows the batch to the given rows (ascending, an array of this batch's lease).</summary>
    public void Select(int[] rows, int count)
    {
        Selection = rows;
        SelectedCount = count;
    }

    /// <summary>Shows no row data: a fault in a Dataflow block may put this text into exception data.</summary>
    public override string ToString() => $"batch of {RowCount} rows from row {FirstRow}";

    /// <inheritdoc/>
    public void Dispose() => Lease.Dispose();
}
