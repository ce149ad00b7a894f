using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>Units to batches. Holds no state of a unit, so that many threads may use it.</summary>
internal sealed class ParquetDecoder(ParquetFile file)
{
    /// <summary>The leaves of a top-level field.</summary>
    public IEnumerable<SchemaNode> LeavesOf(int field)
    {
        SchemaNode node = file.Schema.Fields[field];
        return file.Schema.Leaves.Skip(node.FirstLeaf).Take(node.LeafCount);
    }

    /// <summary>Decodes a unit under a plan, without the rows whose bit is set in <paramref name="unwanted"/>, an array of the unit's lease that is used up.</summary>
    public RowBatch Decode(ParquetUnit unit, IReadOnlyList<PlanColumn> plan, ulong[]? unwanted)
    {
        var scratch = new Scratch(unit.Lease);
        var columns = new Column?[plan.Count];
        var rejects = new List<RejectedRecord>();
        ulong[]? rejected = unwanted;
        foreach (int c in Order(unit, plan))
        {
            columns[c] = DecodeColumn(unit, plan[c], unit.Lease, scratch);
        }
        for (int c = 0; c < plan.Count; c++)
        {
            if (plan[c].NullError is { } kind && columns[c] is { NullCount: > 0 } column)
            {
                RejectNulls(unit, column, plan[c].Name, kind, ref rejected, rejects);
            }
        }
        scratch.Release();
        unit.ReleaseStored();
        rejects.Sort((a, b) => a.Line.CompareTo(b.Line));
        var batch = new RowBatch(unit.Lease, unit.RowCount, columns)
        {
            InputBytes = unit.InputBytes,
            Rejects = rejects,
            Held = rejects.Count > 0 ? ReadHeld(unit, plan, columns, rejects) : [],
        };
        return rejected is null ? batch : BatchFilter.Without(batch, rejected);
    }

    /// <summary>
    /// Decodes few rows of a unit, none of them to be rejected, and disposes the unit: each column's are kept before the next column is decoded in the same arrays.
    /// <paramref name="arePositions"/>: the batch states where in the unit its rows stand.
    /// </summary>
    public RowBatch DecodeFew(ParquetUnit unit, IReadOnlyList<PlanColumn> plan, ReadOnlySpan<int> rows, bool arePositions)
    {
        BufferLease lease = unit.Lease.Pool.Lease();
        try
        {
            var scratch = new Scratch(unit.Lease);
            var columns = new Column?[plan.Count];
            ReadOnlySpan<int> all = BatchCompactor.All(rows.Length, unit.Lease);
            foreach (int c in Order(unit, plan))
            {
                using BufferLease whole = lease.Pool.Lease();
                bool isPicked = plan[c].SourceOrdinal >= 0 && ColumnNames.IsFlat(file.Schema.Fields[plan[c].SourceOrdinal]);
                columns[c] = BatchCompactor.Gather(
                    DecodeColumn(unit, plan[c], whole, scratch, isPicked ? rows : default),
                    isPicked ? all : rows,
                    lease
                );
            }
            int[]? positions = null;
            if (arePositions)
            {
                positions = lease.Rent<int>(rows.Length);
                rows.CopyTo(positions);
            }
            var batch = new RowBatch(lease, rows.Length, columns) { InputBytes = unit.InputBytes, Positions = positions };
            unit.Dispose();
            return batch;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>The columns that the plan wants. Neighbouring units share pages; starting at different columns, two threads seldom wait for each other to decompress one.</summary>
    private static IEnumerable<int> Order(ParquetUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        int start = (unit.Number & 1) * plan.Count / 2;
        return Enumerable
            .Range(start, plan.Count)
            .Select(c => c % plan.Count)
            .Where(c => plan[c].Mode is not (ColumnMode.Skip or ColumnMode.Observe));
    }

    /// <summary>A column of the plan; of a flat field only <paramref name="rows"/>, unless there are none.</summary>
    private Column DecodeColumn(
        ParquetUnit unit,
        PlanColumn wanted,
        BufferLease lease,
        Scratch scratch,
        ReadOnlySpan<int> rows = default
    ) =>
        wanted.SourceOrdinal < 0
            ? Column.AllNull(wanted.Type, unit.RowCount, lease)
            : ColumnCast.Cast(DecodeField(unit, wanted.SourceOrdinal, lease, scratch, rows), wanted.Type, lease);

    /// <summary>The keys of rows that are malformed for another reason.</summary>
    private static HeldKeys[] ReadHeld(ParquetUnit unit, IReadOnlyList<PlanColumn> plan, Column?[] columns, List<RejectedRecord> rejects)
    {
        int[] keys = [.. Enumerable.Range(0, plan.Count).Where(c => plan[c].IsKey)];
        if (keys.Length == 0)
        {
            return [];
        }
        ulong[] malformed = unit.Lease.Rent<ulong>((unit.RowCount + 63) >> 6);
        Array.Clear(malformed);
        foreach (RejectedRecord reject in rejects)
        {
            long row = reject.Line - unit.FirstRow - 1;
            malformed[row >> 6] |= 1UL << (int)row;
        }
        return HeldKeys.Pick(columns, keys, unit.RowCount, malformed, unreadable: null, unit.Lease) is { } held ? [held] : [];
    }

    /// <summary>Decodes one top-level field of a unit.</summary>
    private Column DecodeField(ParquetUnit unit, int ordinal, BufferLease lease, Scratch scratch, ReadOnlySpan<int> rows)
    {
        SchemaNode field = file.Schema.Fields[ordinal];
        RowGroupInfo group = file.Footer.RowGroups[unit.RowGroup];
        LeafDecoder? decoder = null;
        try
        {
            if (ColumnNames.IsFlat(field))
            {
                decoder = Decoder(unit, group, field, lease, scratch);
                return rows.IsEmpty ? decoder.DecodeFlat(unit.RowCount) : decoder.DecodeFew(unit.RowCount, rows);
            }
            var store = new ByteStore(lease);
            return Assemble(unit, field, lease, scratch, store, new JsonSink(store), ref decoder);
        }
        catch (ParquetFault fault)
        {
            throw ParquetErrors.Locate(fault, file.Path, unit.RowGroup, field.Name, decoder?.FileOffset ?? -1);
        }
    }

    /// <summary>Decodes the leaves of a nested field and gives each row's value to the sink, whose text in <paramref name="store"/> becomes the column.</summary>
    internal Column Assemble(
        ParquetUnit unit,
        SchemaNode field,
        BufferLease lease,
        Scratch scratch,
        ByteStore store,
        INestedSink sink,
        ref LeafDecoder? decoder
    )
    {
        RowGroupInfo group = file.Footer.RowGroups[unit.RowGroup];
        var leaves = new List<NestedLeaf>(field.LeafCount);
        for (int i = field.FirstLeaf; i < field.FirstLeaf + field.LeafCount; i++)
        {
            decoder = Decoder(unit, group, file.Schema.Leaves[i], lease, scratch);
            leaves.Add(decoder.DecodeNested(unit.RowCount));
        }
        var assembler = new RecordAssembler(field, leaves, sink);
        if (unit.Leaves[field.FirstLeaf]!.WholeChunk)
        {
            return Rows(unit, assembler, lease, store);
        }
        assembler.Skip([.. leaves.Select(l => unit.Leaves[l.Node.FirstLeaf]!.SkipRows)]);
        return Rows(unit, assembler, lease, store);
    }

    private static Column Rows(ParquetUnit unit, RecordAssembler assembler, BufferLease lease, ByteStore store)
    {
        int rows = unit.RowCount;
        TextView[] views = lease.Rent<TextView>(rows);
        ulong[] nulls = lease.Rent<ulong>((rows + 63) >> 6);
        Array.Clear(nulls);
        int nullCount = 0;
        for (int row = 0; row < rows; row++)
        {
            int start = store.Used;
            if (assembler.Next())
            {
                views[row] = new TextView(start, store.Used - start);
            }
            else
            {
                views[row] = default;
                nulls[row >> 6] |= 1UL << row;
                nullCount++;
            }
        }
        return new Column
        {
            Type = ColumnType.Text,
            Count = rows,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Views = views,
            Bytes = store.Bytes,
        };
    }

    private static LeafDecoder Decoder(ParquetUnit unit, RowGroupInfo group, SchemaNode leaf, BufferLease lease, Scratch scratch)
    {
        LeafSlice slice =
            unit.Leaves[leaf.FirstLeaf]
            ?? throw new InvalidOperationException($"column '{leaf.Name}' was not in the plan when the unit was read");
        return new LeafDecoder(leaf, group.Chunks[leaf.FirstLeaf], slice, lease, scratch);
    }

    private void RejectNulls(
        ParquetUnit unit,
        Column column,
        string name,
        ErrorKind kind,
        ref ulong[]? rejected,
        List<RejectedRecord> rejects
    )
    {
        if (rejected is null)
        {
            rejected = unit.Lease.Rent<ulong>((unit.RowCount + 63) >> 6);
            Array.Clear(rejected);
        }
        string reason = kind == ErrorKind.NullKey ? "the key column is NULL" : "the column is NULL, which the schema does not allow";
        for (int row = 0; row < unit.RowCount; row++)
        {
            if (column.IsNull(row) && (rejected[row >> 6] >> row & 1) == 0)
            {
                rejected[row >> 6] |= 1UL << row;
                rejects.Add(new RejectedRecord(kind, file.Path, unit.FirstRow + row + 1, -1, name, reason));
            }
        }
    }
}
