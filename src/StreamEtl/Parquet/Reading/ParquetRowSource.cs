using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Sources;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Reads a Parquet file as rows (apache/parquet-format 2.12). Top-level fields are columns: flat ones with the type that their annotation states, nested ones as
/// JSON text. Only the pages of columns that the plan needs are read; they are decompressed and decoded in <see cref="Decode"/>. Checksums are verified where the
/// file has them. Damage is an error of kind <see cref="Errors.ErrorKind.DamagedParquet"/> with file, column, row group and byte offset.
/// <para>
/// INT96 and local timestamps are <c>timestamp</c>, instants <c>instant</c>; nanoseconds keep their scale of 9, but times of day are cut to microseconds. Unsigned
/// 64-bit integers are <c>decimal(38,0)</c>; decimals of more than 38 digits are floats. UUIDs and intervals (as ISO 8601 durations) are text.
/// </para>
/// </summary>
public sealed class ParquetRowSource : IRowSource, IPlannedSource
{
    /// <summary>Stored bytes of a row group that are read at once; more are read page by page.</summary>
    private const long MostAtOnce = 16 << 20;

    private readonly ParquetFile _file;
    private readonly BufferPool _pool;
    private readonly int _fixedRowsPerUnit;
    private readonly ParquetDecoder _decoder;
    private SchemaNode[] _wanted;
    private ChunkCursor[]? _cursors;
    private int _group;
    private int _unitNumber;
    private long _rowInGroup;
    private long _firstRow;
    private int _rowsPerUnit;

    private ParquetRowSource(ParquetFile file, BufferPool pool, int rowsPerUnit)
    {
        _fixedRowsPerUnit = rowsPerUnit;
        _file = file;
        _pool = pool;
        _decoder = new ParquetDecoder(file);
        _wanted = [.. file.Schema.Leaves];
        Info = new SourceInfo(file.Path, file.Length);
        (Columns, Warnings) = ColumnNames.Read(file.Schema.Fields);
    }

    /// <inheritdoc/>
    public SourceInfo Info { get; }

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public long FirstLine => 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SourceColumn> Columns { get; }

    /// <summary>Rows of the file, as its footer says; reading verifies it.</summary>
    public long RowCount => _file.RowCount;

    /// <summary>Opens a file and reads its footer. Every kind of damage there is an error at once.</summary>
    public static ValueTask<ParquetRowSource> OpenAsync(string path, BufferPool pool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Open(path, pool, rowsPerUnit: 0));
    }

    /// <summary>Opens a file; units have <paramref name="rowsPerUnit"/> rows, or as many as fit when that is 0.</summary>
    internal static ParquetRowSource Open(string path, BufferPool pool, int rowsPerUnit)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(pool);
        return new ParquetRowSource(ParquetFile.Open(path), pool, rowsPerUnit);
    }

    /// <inheritdoc/>
    public void SetPlan(IReadOnlyList<PlanColumn> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var fields = plan.Where(p => p.SourceOrdinal >= 0 && p.Mode is ColumnMode.Convert or ColumnMode.Contract)
            .Select(p => p.SourceOrdinal)
            .Distinct()
            .Order();
        _wanted = [.. fields.SelectMany(f => _decoder.LeavesOf(f))];
    }

    /// <inheritdoc/>
    public ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (_group < _file.Footer.RowGroups.Count && _rowInGroup == _file.Footer.RowGroups[_group].RowCount)
        {
            _group++;
            _rowInGroup = 0;
            CloseCursors();
        }
        if (_group == _file.Footer.RowGroups.Count)
        {
            _file.VerifyUnchanged();
            Position = _file.Length;
            return ValueTask.FromResult<SourceUnit?>(null);
        }
        return ValueTask.FromResult<SourceUnit?>(ReadUnit(_file.Footer.RowGroups[_group]));
    }

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(plan);
        return _decoder.Decode((ParquetUnit)unit, plan);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        CloseCursors();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private void CloseCursors()
    {
        foreach (ChunkCursor cursor in _cursors ?? [])
        {
            cursor.Close();
        }
        _cursors = null;
    }

    private ParquetUnit ReadUnit(RowGroupInfo group)
    {
        SchemaNode? at = null;
        BufferLease lease = _pool.Lease();
        var leaves = new LeafSlice?[_file.Schema.Leaves.Count];
        var unit = new ParquetUnit(lease, _unitNumber++, _group, leaves);
        try
        {
            if (_rowInGroup == 0)
            {
                foreach (SchemaNode leaf in _wanted)
                {
                    at = leaf;
                    _file.Check(group.Chunks[leaf.FirstLeaf], leaf, group.RowCount);
                }
                _rowsPerUnit = _fixedRowsPerUnit > 0 ? _fixedRowsPerUnit : UnitPlanner.RowsPerUnit(group, _wanted, _pool.Budget.Limit);
            }
            int rows = (int)Math.Min(_rowsPerUnit, group.RowCount - _rowInGroup);
            bool whole = rows == group.RowCount && _wanted.Sum(leaf => group.Chunks[leaf.FirstLeaf].CompressedBytes) <= MostAtOnce;
            if (!whole && _cursors is null)
            {
                at = null;
                _cursors = [.. _wanted.Select(leaf => new ChunkCursor(_file, group.Chunks[leaf.FirstLeaf], leaf, group.RowCount, _pool))];
                CheckMemory(group);
            }
            long bytes = 0;
            for (int i = 0; i < _wanted.Length; i++)
            {
                at = _wanted[i];
                LeafSlice slice = whole
                    ? ReadChunk(group.Chunks[at.FirstLeaf], lease)
                    : _cursors![i].Slice(_rowInGroup, _rowInGroup + rows);
                leaves[at.FirstLeaf] = slice;
                bytes += slice.Length;
                Position = Math.Max(Position, slice.FileOffset + slice.Length);
            }
            unit.SetRows(_firstRow, rows, bytes);
            _rowInGroup += rows;
            _firstRow += rows;
            return unit;
        }
        catch (ParquetFault fault)
        {
            unit.Dispose();
            throw ParquetErrors.Locate(fault, _file.Path, _group, at?.Name, at is null ? -1 : group.Chunks[at.FirstLeaf].Start);
        }
        catch
        {
            unit.Dispose();
            throw;
        }
    }

    /// <summary>A page must be held whole while its rows are read. Where the pages of all columns together are too large for the memory limit, that is said before any is read.</summary>
    private void CheckMemory(RowGroupInfo group)
    {
        long limit = _pool.Budget.Limit;
        if (_wanted.Sum(leaf => (double)group.Chunks[leaf.FirstLeaf].UncompressedBytes) < limit / 4)
        {
            return;
        }
        long held = 0;
        long largestChange = 0;
        foreach (ChunkCursor cursor in _cursors!)
        {
            cursor.Measure(out long dictionary, out long page, out long change);
            held += dictionary + page;
            largestChange = Math.Max(largestChange, change);
        }
        held += largestChange;
        // The rest is for rows in flight.
        long needed = held / 3 * 5;
        if (needed > limit)
        {
            throw ParquetFault.TooLarge(
                $"the pages of all columns together hold {held / 1_000_000} MB at a time, which needs --memory {(needed / 1_000_000) + 1}MB"
            );
        }
    }

    private LeafSlice ReadChunk(ChunkInfo chunk, BufferLease lease)
    {
        (long offset, long length) = _file.Extent(chunk);
        if (length > int.MaxValue >> 1)
        {
            throw ParquetFault.Damaged($"a column chunk of {length} bytes holds only {chunk.UncompressedBytes}");
        }
        byte[] bytes = lease.Rent<byte>((int)length + BitUnpacker.Slack);
        _file.Read(bytes.AsSpan(0, (int)length), offset);
        return new LeafSlice(bytes, (int)length, offset);
    }
}
