using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Sources;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Reads a Parquet file as rows (apache/parquet-format 2.12). Top-level fields are columns: flat ones with the type that their annotation states, nested ones as
/// JSON text. Only the pages of columns that the plan needs are read; they are decompressed and decoded in <see cref="Decode(SourceUnit, IReadOnlyList{PlanColumn})"/>. Checksums are verified where the
/// file has them. Damage is an error of kind <see cref="Errors.ErrorKind.DamagedParquet"/> with file, column, row group and byte offset.
/// <para>
/// INT96 and local timestamps are <c>timestamp</c>, instants <c>instant</c>; nanoseconds keep their scale of 9, but times of day are cut to microseconds. Unsigned
/// 64-bit integers are <c>decimal(38,0)</c>; decimals of more than 38 digits are floats. UUIDs and intervals (as ISO 8601 durations) are text.
/// </para>
/// <para>
/// With a bitmap of wanted rows the source has those rows only, in file order. Row groups without any are left out, and pages as far as the page index, or
/// their headers, let it.
/// </para>
/// </summary>
public sealed class ParquetRowSource : IRowSource, IPlannedSource, ISelectiveSource
{
    /// <summary>Stored bytes of a row group that are read at once; more are read page by page.</summary>
    private const long MostAtOnce = 16 << 20;

    /// <summary>Unwanted rows in a row that are worth a cut: about the rows of a page. Less would be read anyway.</summary>
    private const int WorthLeavingOut = 16 << 10;

    private readonly ParquetFile _file;
    private readonly RowBitmap? _rows;
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

    private ParquetRowSource(ParquetFile file, BufferPool pool, RowBitmap? rows, int rowsPerUnit)
    {
        _rows = rows;
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
    public long? RowCount => _file.RowCount;

    /// <summary>Opens a file and reads its footer. Every kind of damage there is an error at once.</summary>
    public static ValueTask<ParquetRowSource> OpenAsync(string path, BufferPool pool, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        cancellationToken.ThrowIfCancellationRequested();
        return OpenAsync(FileBytes.Open(path), pool, rows: null, rowsPerUnit: 0, cancellationToken);
    }

    /// <summary>Opens a file of any store, and takes it over.</summary>
    /// <param name="bytes">The open file; closed with the source, or at once when it is damaged.</param>
    /// <param name="pool">Arrays for units and batches.</param>
    /// <param name="rows">The rows that are wanted, with a bit for each row of the file; null for all. Stays the caller's, and is not changed while the source is read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static ValueTask<ParquetRowSource> OpenAsync(
        IRandomBytes bytes,
        BufferPool pool,
        RowBitmap? rows,
        CancellationToken cancellationToken
    ) => OpenAsync(bytes, pool, rows, rowsPerUnit: 0, cancellationToken);

    /// <summary>The same; units have <paramref name="rowsPerUnit"/> rows at most, or as many as fit when that is 0.</summary>
    internal static async ValueTask<ParquetRowSource> OpenAsync(
        IRandomBytes bytes,
        BufferPool pool,
        RowBitmap? rows,
        int rowsPerUnit,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(pool);
        ParquetFile file = await ParquetFile.OpenAsync(bytes, cancellationToken).ConfigureAwait(false);
        if (rows is not null && rows.Rows != file.RowCount)
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw new StreamEtlException(
                ErrorKind.DamagedParquet,
                $"the file has {file.RowCount} rows where {rows.Rows} are expected",
                new RecordPosition(file.Path, 0, -1),
                "the file is not the one that was meant, or it is damaged: restore it"
            );
        }
        return new ParquetRowSource(file, pool, rows, rowsPerUnit);
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
    public async ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (_group < _file.Footer.RowGroups.Count && IsAtEnd(_file.Footer.RowGroups[_group]))
        {
            _group++;
            _rowInGroup = 0;
            _rowsPerUnit = 0;
            CloseCursors();
        }
        if (_group == _file.Footer.RowGroups.Count)
        {
            _file.VerifyUnchanged();
            Position = _file.Length;
            return null;
        }
        return await ReadUnitAsync(_file.Footer.RowGroups[_group], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(plan);
        var rows = (ParquetUnit)unit;
        if (_rows is null)
        {
            return _decoder.Decode(rows, plan, unwanted: null);
        }
        if (IsSparse(rows.FirstRow, rows.RowCount) && plan.All(c => c.NullError is null))
        {
            int[] wanted = unit.Lease.Rent<int>(rows.RowCount);
            int count = _rows.Select(rows.FirstRow, rows.RowCount, wanted);
            return _decoder.DecodeFew(rows, plan, wanted.AsSpan(0, count), arePositions: false);
        }
        ulong[] unwanted = unit.Lease.Rent<ulong>((rows.RowCount + 63) >> 6);
        bool all = _rows.Invert(rows.FirstRow, rows.RowCount, unwanted) == 0;
        return _decoder.Decode(rows, plan, all ? null : unwanted);
    }

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan, int rows, int[] positions, int count)
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(plan);
        var known = (ParquetUnit)unit;
        return known.RowCount == rows
            ? _decoder.DecodeFew(known, plan, positions.AsSpan(0, count), arePositions: true)
            : throw ChangedInput.Error(_file.Path, -1);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        CloseCursors();
        return _file.DisposeAsync();
    }

    private void CloseCursors()
    {
        foreach (ChunkCursor cursor in _cursors ?? [])
        {
            cursor.Close();
        }
        _cursors = null;
    }

    /// <summary>
    /// The columns that units are planned for: all, also those that this pass does not want, so that each pass over a file cuts it at the same rows. Chosen rows are read in one pass.
    /// </summary>
    private IReadOnlyList<SchemaNode> Planned() => _rows is null ? _file.Schema.Leaves : _wanted;

    /// <summary>Moves to the next wanted row of a row group; true when it has none.</summary>
    private bool IsAtEnd(RowGroupInfo group)
    {
        long left = group.RowCount - _rowInGroup;
        long pass = _rows is null ? 0 : _rows.Next(_firstRow, _firstRow + left) - _firstRow;
        _rowInGroup += pass;
        _firstRow += pass;
        return pass == left;
    }

    /// <summary>True when few of some rows are wanted: they are taken out of each column by itself.</summary>
    private bool IsSparse(long first, long count) =>
        _rows is not null && _rows.Count(first, first + count) < count / UnitPlanner.SparseShare;

    /// <summary>Rows from the present one, at most the given number, up to a gap that is worth leaving out.</summary>
    private int RowsToGap(int most)
    {
        if (_rows is null)
        {
            return most;
        }
        long end = _firstRow + most;
        long last = _firstRow;
        for (long next = last; next < end && next - last <= WorthLeavingOut; next = _rows.Next(next + 1, end))
        {
            last = next;
        }
        return (int)(last - _firstRow) + 1;
    }

    private async ValueTask<ParquetUnit> ReadUnitAsync(RowGroupInfo group, CancellationToken cancellationToken)
    {
        SchemaNode? at = null;
        BufferLease lease = _pool.Lease();
        var leaves = new LeafSlice?[_file.Schema.Leaves.Count];
        var unit = new ParquetUnit(lease, _unitNumber++, _group, leaves);
        try
        {
            if (_rowsPerUnit == 0)
            {
                foreach (SchemaNode leaf in _wanted)
                {
                    at = leaf;
                    _file.Check(group.Chunks[leaf.FirstLeaf], leaf, group.RowCount);
                }
                _rowsPerUnit =
                    _fixedRowsPerUnit > 0
                        ? _fixedRowsPerUnit
                        : UnitPlanner.RowsPerUnit(group, Planned(), _pool.Budget.Limit, IsSparse(_firstRow - _rowInGroup, group.RowCount));
            }
            int rows = RowsToGap((int)Math.Min(_rowsPerUnit, group.RowCount - _rowInGroup));
            if (_rowsPerUnit >= group.RowCount && _rowInGroup <= WorthLeavingOut && group.RowCount - _rowInGroup - rows <= WorthLeavingOut)
            {
                // Next to nothing could be left out.
                _firstRow -= _rowInGroup;
                _rowInGroup = 0;
                rows = (int)group.RowCount;
            }
            bool whole = rows == group.RowCount && _wanted.Sum(leaf => group.Chunks[leaf.FirstLeaf].CompressedBytes) <= MostAtOnce;
            if (!whole && _cursors is null)
            {
                at = null;
                await OpenCursorsAsync(group, cancellationToken).ConfigureAwait(false);
                await CheckMemoryAsync(group, cancellationToken).ConfigureAwait(false);
            }
            long bytes = 0;
            for (int i = 0; i < _wanted.Length; i++)
            {
                at = _wanted[i];
                LeafSlice slice = whole
                    ? await ReadChunkAsync(group.Chunks[at.FirstLeaf], lease, cancellationToken).ConfigureAwait(false)
                    : await _cursors![i].SliceAsync(_rowInGroup, _rowInGroup + rows, cancellationToken).ConfigureAwait(false);
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
    private async ValueTask CheckMemoryAsync(RowGroupInfo group, CancellationToken cancellationToken)
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
            (long dictionary, long page, long change) = await cursor.MeasureAsync(cancellationToken).ConfigureAwait(false);
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

    private async ValueTask OpenCursorsAsync(RowGroupInfo group, CancellationToken cancellationToken)
    {
        var cursors = new ChunkCursor[_wanted.Length];
        for (int i = 0; i < cursors.Length; i++)
        {
            SchemaNode leaf = _wanted[i];
            ChunkInfo chunk = group.Chunks[leaf.FirstLeaf];
            PageLocations? locations = _rows is null
                ? null
                : await _file.ReadLocationsAsync(chunk, group.RowCount, cancellationToken).ConfigureAwait(false);
            cursors[i] = new ChunkCursor(_file, chunk, leaf, group.RowCount, _pool, locations);
        }
        _cursors = cursors;
    }

    private async ValueTask<LeafSlice> ReadChunkAsync(ChunkInfo chunk, BufferLease lease, CancellationToken cancellationToken)
    {
        (long offset, long length) = _file.Extent(chunk);
        if (length > int.MaxValue >> 1)
        {
            throw ParquetFault.Damaged($"a column chunk of {length} bytes holds only {chunk.UncompressedBytes}");
        }
        byte[] bytes = lease.Rent<byte>((int)length + BitUnpacker.Slack);
        await _file.ReadAsync(offset, bytes.AsMemory(0, (int)length), cancellationToken).ConfigureAwait(false);
        return new LeafSlice(bytes, (int)length, offset);
    }
}
