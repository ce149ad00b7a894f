using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>
/// Rows that the first pass already knows may be written, kept so that the second need not read their input again. Few they are as a rule; when they are not, or memory
/// is short, none are kept and the input is read again. Rows come out in the order in which they were added, with the ordinals that they had, in batches of a usual size.
/// They are read once, or twice where the first reading is told to leave them (<see cref="Stay"/>).
/// </summary>
internal sealed class KeptRows(MemoryBudget budget, SourceInfo info) : IRowSource
{
    /// <summary>Share of the memory that kept rows may take.</summary>
    private const int MemoryShare = 8;

    private readonly BufferPool _pool = new(budget);
    private readonly List<RowBatch> _batches = [];
    private RowGatherer? _open;
    private long _bytes;
    private long _nextRow;
    private int _next;
    private bool _stays;

    /// <summary>True as long as every row that was to be kept is.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <inheritdoc/>
    public SourceInfo Info => info;

    /// <inheritdoc/>
    public long Position => 0;

    /// <inheritdoc/>
    public long FirstLine => 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => [];

    /// <inheritdoc/>
    public IReadOnlyList<SourceColumn> Columns => [];

    /// <summary>Keeps a copy of the batch's selected rows; all stand behind those that were added before.</summary>
    public void Add(RowBatch batch)
    {
        if (!IsComplete || batch.SelectedCount == 0)
        {
            return;
        }
        CheckOrder(batch);
        if (_open?.Fits(batch) == false)
        {
            Close();
        }
        _open ??= new RowGatherer(_pool);
        _open.Add(batch);
        if (_bytes + _open.Bytes > budget.Limit / MemoryShare || budget.Used > budget.Limit / 20 * 17)
        {
            GiveUp();
        }
    }

    /// <summary>Forgets all rows; none are kept from now on.</summary>
    public void GiveUp()
    {
        IsComplete = false;
        Release();
    }

    /// <summary>The next reading leaves the rows here for another one: its batches share their values, and own only what is added to them.</summary>
    public void Stay() => _stays = true;

    /// <inheritdoc/>
    public ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken)
    {
        Close();
        if (_next < _batches.Count)
        {
            RowBatch batch = _batches[_next++];
            return ValueTask.FromResult<SourceUnit?>(new KeptUnit(_stays ? Share(batch) : batch));
        }
        if (_stays)
        {
            _stays = false;
            _next = 0;
        }
        return ValueTask.FromResult<SourceUnit?>(null);
    }

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan) => ((KeptUnit)unit).Batch;

    /// <summary>The rows stay until they have been read: leaving the pass closes nothing.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Gives back what has not been read.</summary>
    public void Release()
    {
        _open?.Dispose();
        _open = null;
        foreach (RowBatch batch in _batches[(_stays ? 0 : _next)..])
        {
            batch.Dispose();
        }
        _batches.Clear();
        _next = 0;
        _stays = false;
        _pool.Trim();
    }

    private RowBatch Share(RowBatch batch) =>
        new(_pool.Lease(), batch.RowCount, batch.Columns) { FirstRow = batch.FirstRow, Positions = batch.Positions };

    /// <summary>Bitmaps tell rows by their ordinals: two rows of one ordinal would share what is decided of either.</summary>
    private void CheckOrder(RowBatch batch)
    {
        long first = batch.Ordinal(batch.FirstSelected);
        if (first < _nextRow)
        {
            throw new StreamEtlException(ErrorKind.Internal, $"{info.Name}: row {first} of the rows kept comes after row {_nextRow - 1}");
        }
        _nextRow = batch.Ordinal(batch.LastSelected) + 1;
    }

    /// <summary>What is open becomes a batch.</summary>
    private void Close()
    {
        if (_open is not null)
        {
            RowBatch batch = _open.ToBatch();
            _open = null;
            _batches.Add(batch);
            _bytes += batch.Lease.Bytes;
        }
    }

    private sealed class KeptUnit(RowBatch batch) : SourceUnit(batch.Lease)
    {
        public RowBatch Batch => batch;

        public override long InputBytes => 0;
    }
}
