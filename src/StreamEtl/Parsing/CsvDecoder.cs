using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>Frames to batches: picks the well-formed records, gathers each wanted column's fields, converts them.</summary>
internal sealed class CsvDecoder(string source, CsvDialect dialect, CsvReadOptions options, int width)
{
    private readonly FieldGatherer _gatherer = new(dialect, options);
    private readonly FieldCopier _copier = new(dialect, options, width);

    private IReadOnlyList<PlanColumn>? _rest;

    /// <summary>Where values are put off, fields up to the last one that the pass reads.</summary>
    private int _firstFields;
    private bool _notesPlaces;
    private bool _copiesTexts;

    /// <summary>The width to scan for (<see cref="FieldIndex.Width"/>): where no more than half of the fields are read of every record, only records are looked for.</summary>
    public int ScanWidth => _rest is not null && width > 1 && 2 * _firstFields <= width ? width : 0;

    /// <summary>See <see cref="IRecordSource.HashRecords"/>.</summary>
    public void PutOff(IReadOnlyList<PlanColumn> plan, IReadOnlyList<PlanColumn> rest)
    {
        _rest = rest;
        _firstFields = plan.Where(c => c.Mode != ColumnMode.Skip).Select(c => c.SourceOrdinal + 1).DefaultIfEmpty().Max();
    }

    /// <summary>See <see cref="IRecordSource.NotePlaces"/>.</summary>
    public void NotePlaces() => _notesPlaces = true;

    /// <summary>See <see cref="IRecordSource.CopyTexts"/>.</summary>
    public void CopyTexts() => _copiesTexts = true;

    /// <summary>Decodes a unit; thread-safe.</summary>
    public RowBatch Decode(CsvUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        var rows = new CsvRows(unit, width);
        var rejects = new CsvRejects(source, unit, plan, width, dialect);
        HeldRecords? held = HeldRecords.For(plan);
        SelectRecords(unit, rows, rejects, unit.Index.IsAscii || Utf8Validator.IsValid(unit.Bytes.AsSpan(0, unit.Length)), held);
        // Before anything is unquoted in place.
        ulong[]? hashes = _rest is null ? null : HashRecords(unit, rows);
        if (unit.Index.Width > 0)
        {
            new FieldFinder(unit, dialect).FindFirst(rows, _firstFields);
        }
        return Decode(unit, plan, rows, rejects, null, held, hashes);
    }

    /// <summary>
    /// As <see cref="Decode(CsvUnit, IReadOnlyList{PlanColumn})"/>, for some rows of a unit that is known to have no malformed ones: those at the first <paramref name="count"/> of
    /// <paramref name="at"/>, which stood at <paramref name="positions"/> when the unit was first read.
    /// </summary>
    public RowBatch Decode(CsvUnit unit, IReadOnlyList<PlanColumn> plan, int wellFormed, int[] at, int[] positions, int count)
    {
        var rows = new CsvRows(unit, width);
        var rejects = new CsvRejects(source, unit, plan, width, dialect);
        SelectRecords(unit, rows, rejects, valid: true, held: null);
        if (rows.Count != wellFormed)
        {
            throw ChangedInput.Error(source, unit.Offset);
        }
        rows.Keep(at.AsSpan(0, count));
        return Decode(unit, plan, rows, rejects, positions);
    }

    private RowBatch Decode(
        CsvUnit unit,
        IReadOnlyList<PlanColumn> plan,
        CsvRows rows,
        CsvRejects rejects,
        int[]? positions,
        HeldRecords? held = null,
        ulong[]? hashes = null
    )
    {
        var columns = new Column?[plan.Count];
        // Values are unquoted in place, which can be done once: plan columns of one source column share what the first of them made.
        var unquoted = new TextView[]?[width];
        int[] lastUse = LastUses(plan);
        TypeEvidence?[]? evidence = null;
        bool contradicted = false;
        ulong[]? rejected = null;
        ulong[]? badKeys = null;
        bool copies = _copiesTexts && hashes is null;
        for (int c = 0; c < plan.Count; c++)
        {
            PlanColumn wanted = plan[c];
            if (wanted.Mode == ColumnMode.Skip)
            {
                continue;
            }
            if (wanted.SourceOrdinal < 0)
            {
                columns[c] = wanted.Mode == ColumnMode.Observe ? null : Column.AllNull(wanted.Type, rows.Count, unit.Lease);
                RejectNulls(unit, rows, wanted, c, columns[c], ref rejected, rejects);
                continue;
            }
            bool isAlone = unquoted[wanted.SourceOrdinal] is null && lastUse[wanted.SourceOrdinal] == c;
            if (wanted.Mode == ColumnMode.Observe)
            {
                FieldViews seen = Gather(unit, rows, wanted, unquoted);
                (evidence ??= new TypeEvidence?[plan.Count])[c] = Observe(unit, seen, rows.Count);
                ReleaseUnused(unit, seen, lastUse[wanted.SourceOrdinal] == c);
                continue;
            }
            ulong[] bad = unit.Lease.Rent<ulong>((rows.Count + 63) >> 6);
            Array.Clear(bad);
            TextView[]? refused = null;
            int badCount = 0;
            if (isAlone && _gatherer.Texts(unit, rows, wanted) is { } texts)
            {
                columns[c] = Read(unit, wanted, texts, rows.Count, bad, out badCount, out refused);
            }
            else if (isAlone && copies && _copier.Takes(wanted))
            {
                columns[c] = _copier.Copy(unit, rows, wanted);
            }
            else
            {
                FieldViews views = Gather(unit, rows, wanted, unquoted);
                columns[c] = Convert(unit, wanted, views, rows.Count, bad, out badCount);
                refused = views.Views;
                ReleaseUnused(unit, views, badCount == 0 && columns[c]!.Views is null && lastUse[wanted.SourceOrdinal] == c);
            }
            if (badCount > 0 && wanted.Mode == ColumnMode.Convert)
            {
                contradicted = true;
            }
            else if (badCount > 0)
            {
                RejectBad(unit, rows, c, refused!, bad, ref rejected, rejects);
                AddBadKeys(unit, wanted, rows.Count, bad, ref badKeys);
            }
            RejectNulls(unit, rows, wanted, c, columns[c], ref rejected, rejects);
            unit.Lease.Release(bad);
        }
        rejects.Complete();
        var batch = new RowBatch(unit.Lease, rows.Count, columns)
        {
            InputBytes = unit.Length,
            Positions = positions,
            LineCount = unit.Lines,
            Rejects = rejects,
            Held = held is null || contradicted ? [] : ReadHeld(unit, plan, held, columns, rows.Count, rejected, badKeys),
            Evidence = evidence,
            Contradicted = contradicted,
            RecordHashes = hashes,
            Places =
                _notesPlaces && positions is null && rejects.Count == 0
                    ? RowPlaces.Of(rows.Starts.AsSpan(0, rows.Count), unit.Length)
                    : null,
            ReadRest = positions is null && hashes is not null ? (some, count) => ReadRest(unit, rows, hashes, some, count) : null,
        };
        if (copies && rejects.Count == 0)
        {
            LeaveFrame(unit, rows, columns);
        }
        return rejected is null ? batch : BatchFilter.Without(batch, rejected);
    }

    /// <summary>Nobody reads more of the records, and no malformed one has to be shown: what is left of the frame are the texts.</summary>
    private static void LeaveFrame(CsvUnit unit, CsvRows rows, Column?[] columns)
    {
        for (int c = 0; c < columns.Length; c++)
        {
            if (columns[c] is { Views: not null } column && ReferenceEquals(column.Bytes, unit.Bytes))
            {
                columns[c] = TextCompactor.Compact(column, unit.Lease);
            }
        }
        rows.Release(unit.Lease);
        unit.ReleaseFrame();
    }

    /// <summary>The keys of malformed records, and of rows that a value or a NULL makes malformed.</summary>
    private List<HeldKeys> ReadHeld(
        CsvUnit unit,
        IReadOnlyList<PlanColumn> plan,
        HeldRecords held,
        Column?[] columns,
        int count,
        ulong[]? rejected,
        ulong[]? badKeys
    )
    {
        var found = new List<HeldKeys>();
        if (rejected is not null && held.Pick(unit, columns, count, rejected, badKeys) is { } ofRows)
        {
            found.Add(ofRows);
        }
        if (held.ToRows(unit) is { } malformed)
        {
            var keys = new Column?[plan.Count];
            ulong[] bad = unit.Lease.Rent<ulong>((malformed.Count + 63) >> 6);
            Array.Clear(bad);
            foreach (int c in held.Keys)
            {
                keys[c] = Convert(unit, plan[c], _gatherer.Gather(unit, malformed, plan[c], unquoted: null), malformed.Count, bad, out _);
            }
            if (held.Pick(unit, keys, malformed.Count, wanted: null, bad) is { } ofRecords)
            {
                found.Add(ofRecords);
            }
        }
        return found;
    }

    private FieldViews Gather(CsvUnit unit, CsvRows rows, PlanColumn wanted, TextView[]?[] unquoted)
    {
        FieldViews views = _gatherer.Gather(unit, rows, wanted, unquoted[wanted.SourceOrdinal]);
        unquoted[wanted.SourceOrdinal] ??= views.Views;
        return views;
    }

    private Column Read(
        CsvUnit unit,
        PlanColumn wanted,
        FieldTexts texts,
        int count,
        ulong[] bad,
        out int badCount,
        out TextView[]? refused
    ) => TextConverter.Read(wanted.Type, wanted.Pattern, dialect.Format, texts, count, unit.Lease, bad, out badCount, out refused);

    private Column Convert(CsvUnit unit, PlanColumn wanted, FieldViews views, int count, ulong[] bad, out int badCount) =>
        TextConverter.Convert(
            wanted.Type,
            wanted.Pattern,
            dialect.Format,
            unit.Bytes,
            views.Views,
            views.Nulls,
            views.NullCount,
            count,
            unit.Lease,
            bad,
            out badCount
        );

    /// <summary>Remembers rows whose key does not fit its declared type: nobody knows what it is.</summary>
    private static void AddBadKeys(CsvUnit unit, PlanColumn wanted, int count, ulong[] bad, ref ulong[]? badKeys)
    {
        if (!wanted.IsKey)
        {
            return;
        }
        int words = (count + 63) >> 6;
        if (badKeys is null)
        {
            badKeys = unit.Lease.Rent<ulong>(words);
            Array.Clear(badKeys);
        }
        for (int w = 0; w < words; w++)
        {
            badKeys[w] |= bad[w];
        }
    }

    /// <summary>For each source column, the last plan column that reads it.</summary>
    private int[] LastUses(IReadOnlyList<PlanColumn> plan)
    {
        var last = new int[width];
        for (int c = 0; c < plan.Count; c++)
        {
            if (plan[c].Mode != ColumnMode.Skip && plan[c].SourceOrdinal >= 0)
            {
                last[plan[c].SourceOrdinal] = c;
            }
        }
        return last;
    }

    /// <summary>Gives views back that were made into values: the next column gathers into the same array while it is in the cache.</summary>
    private static void ReleaseUnused(CsvUnit unit, FieldViews views, bool unused)
    {
        if (unused)
        {
            unit.Lease.Release(views.Views);
        }
    }

    /// <summary>Finds the rows: records of the right width, without a fault, in valid UTF-8, that end as all do. Blank lines are no records.</summary>
    private void SelectRecords(CsvUnit unit, CsvRows rows, CsvRejects rejects, bool valid, HeldRecords? held)
    {
        ReadOnlySpan<byte> frame = unit.Bytes.AsSpan(0, unit.Length);
        FieldIndex index = unit.Index;
        bool allEndAlike = dialect.LineEnd == LineEnd.None || dialect.LineEnd == index.LineEnd;
        if (valid && allEndAlike && rows.TryAddAll(index, width))
        {
            return;
        }
        if (index.Width > 0)
        {
            new FieldFinder(unit, dialect).FindAll();
        }
        ReadOnlySpan<RecordFault> faults = index.Faults;
        int first = 0;
        int start = 0;
        for (int r = 0; r < index.RecordCount; r++)
        {
            int last = index.RecordEnds[r];
            int end = index.Ends[last];
            int fields = last - first + 1;
            LineEnd lineEnd = LineEnds.At(frame, end);
            bool endsAsAll = lineEnd == dialect.LineEnd || lineEnd == LineEnd.None || dialect.LineEnd == LineEnd.None;
            if (!faults.IsEmpty && faults[0].Record == r)
            {
                rejects.AddByte(faults[0].Kind, start, faults[0].Position);
                held?.Add(index, first, start, fields, faults[0].Position);
                faults = faults[1..];
            }
            else if (fields == 1 && end == start && endsAsAll)
            {
                // A blank line.
            }
            else if (!endsAsAll && (fields == width || end == start))
            {
                rejects.AddLineEnd(start, end);
                held?.Add(index, first, start, fields);
            }
            else if (fields != width)
            {
                rejects.AddFieldCount(start, fields);
                held?.Add(index, first, start, fields);
            }
            else if (valid || Utf8.IsValid(frame[start..end]))
            {
                rows.Add(first, start);
            }
            else
            {
                rejects.AddByte(ErrorKind.InvalidEncoding, start, start + InvalidByte(frame[start..end]));
                held?.Add(index, first, start, fields);
            }
            first = last + 1;
            start = end + lineEnd.Length();
        }
    }

    private static int InvalidByte(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (
            at < bytes.Length
            && System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out int consumed) == System.Buffers.OperationStatus.Done
        )
        {
            at += consumed;
        }
        return at;
    }

    private RowBatch ReadRest(CsvUnit unit, CsvRows rows, ulong[] hashes, int[] positions, int count)
    {
        CsvRows picked = rows.Pick(unit, positions.AsSpan(0, count));
        if (unit.Index.Width > 0)
        {
            new FieldFinder(unit, dialect).FindRest(picked, _firstFields);
        }
        return Decode(
            unit,
            _rest!,
            picked,
            new CsvRejects(source, unit, _rest!, width, dialect),
            positions,
            hashes: BatchCompactor.Gather(hashes, positions.AsSpan(0, count), unit.Lease)
        );
    }

    private ulong[] HashRecords(CsvUnit unit, CsvRows rows)
    {
        ulong[] hashes = unit.Lease.Rent<ulong>(rows.Count);
        ReadOnlySpan<int> starts = rows.Starts.AsSpan(0, rows.Count);
        ReadOnlySpan<int> fields = rows.Fields.AsSpan(0, rows.Count);
        ref int ends = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(unit.Index.Ends), width - 1);
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(unit.Bytes);
        for (int r = 0; r < starts.Length; r++)
        {
            hashes[r] = RecordHasher.Hash(ref Unsafe.Add(ref bytes, starts[r]), Unsafe.Add(ref ends, fields[r]) - starts[r]);
        }
        return hashes;
    }

    private TypeEvidence Observe(CsvUnit unit, FieldViews views, int count)
    {
        var found = new TypeEvidence();
        found.Observe(unit.Bytes, views.Views.AsSpan(0, count), views.Nulls, dialect.Format);
        return found;
    }

    private static void RejectBad(
        CsvUnit unit,
        CsvRows rows,
        int column,
        TextView[] views,
        ulong[] bad,
        ref ulong[]? rejected,
        CsvRejects rejects
    )
    {
        for (int r = 0; r < rows.Count; r++)
        {
            if ((bad[r >> 6] >> r & 1) != 0 && Mark(ref rejected, r, rows.Count, unit))
            {
                rejects.AddValue(rows.Starts[r], column, views[r]);
            }
        }
    }

    private static void RejectNulls(
        CsvUnit unit,
        CsvRows rows,
        PlanColumn wanted,
        int plan,
        Column? column,
        ref ulong[]? rejected,
        CsvRejects rejects
    )
    {
        if (wanted.NullError is not { } kind || column is null || column.NullCount == 0)
        {
            return;
        }
        for (int r = 0; r < rows.Count; r++)
        {
            if (column.IsNull(r) && Mark(ref rejected, r, rows.Count, unit))
            {
                rejects.AddNull(kind, rows.Starts[r], plan);
            }
        }
    }

    /// <summary>Marks a row once; false when it is marked already.</summary>
    private static bool Mark(ref ulong[]? rejected, int row, int count, CsvUnit unit)
    {
        if (rejected is null)
        {
            rejected = unit.Lease.Rent<ulong>((count + 63) >> 6);
            Array.Clear(rejected);
        }
        bool fresh = (rejected[row >> 6] >> row & 1) == 0;
        rejected[row >> 6] |= 1UL << row;
        return fresh;
    }
}
