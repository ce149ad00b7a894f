using System.Text.Json;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Json;

/// <summary>JSON records to a batch: each wanted value becomes text in one buffer, and columns of text become typed columns as CSV's do.</summary>
internal sealed class JsonDecoder(string source, int width, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ordinals)
{
    private static readonly TextFormat Format = new();

    /// <summary>Decodes a unit.</summary>
    public RowBatch Decode(JsonUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        int most = unit.Records.Count;
        var rejects = new List<RejectedRecord>();
        var places = new List<JsonRecord>(most);
        byte[] text = unit.Lease.Rent<byte>((int)Math.Max(unit.InputBytes, 64));
        int used = 0;
        var views = new TextView[]?[width];
        var present = new ulong[]?[width];
        foreach (PlanColumn column in plan)
        {
            if (column.SourceOrdinal >= 0 && column.Mode != ColumnMode.Skip)
            {
                views[column.SourceOrdinal] = unit.Lease.Rent<TextView>(most);
                Array.Clear(views[column.SourceOrdinal]!, 0, most);
                present[column.SourceOrdinal] = unit.Lease.Rent<ulong>((most + 63) >> 6);
                Array.Clear(present[column.SourceOrdinal]!);
            }
        }
        foreach (JsonRecord record in unit.Records)
        {
            int row = places.Count;
            string? wrong = JsonRowReader.Read(
                unit.Bytes.AsSpan(record.Start, record.Length),
                (name, kind, value) =>
                {
                    if (kind == JsonTokenType.Null)
                    {
                        return;
                    }
                    Span<char> chars = stackalloc char[256];
                    bool fits = name.Length <= chars.Length;
                    int ordinal = fits
                        ? Find(chars[..System.Text.Encoding.UTF8.GetChars(name, chars)])
                        : Find(System.Text.Encoding.UTF8.GetString(name));
                    if (ordinal < 0 || views[ordinal] is not { } column)
                    {
                        return;
                    }
                    if (used + value.Length > text.Length)
                    {
                        unit.Lease.Grow(ref text, used, used + value.Length);
                    }
                    value.CopyTo(text.AsSpan(used));
                    column[row] = new TextView(used, value.Length);
                    present[ordinal]![row >> 6] |= 1UL << row;
                    used += value.Length;
                }
            );
            if (wrong is null)
            {
                places.Add(record);
                continue;
            }
            for (int c = 0; c < width; c++)
            {
                if (present[c] is { } bits)
                {
                    bits[row >> 6] &= ~(1UL << row);
                }
            }
            rejects.Add(Reject(unit, record, ErrorKind.InvalidJson, null, wrong));
        }
        return Convert(unit, plan, places, text, views, present, rejects);
    }

    private int Find(ReadOnlySpan<char> name) => ordinals.TryGetValue(name, out int ordinal) ? ordinal : -1;

    private RowBatch Convert(
        JsonUnit unit,
        IReadOnlyList<PlanColumn> plan,
        List<JsonRecord> places,
        byte[] text,
        TextView[]?[] views,
        ulong[]?[] present,
        List<RejectedRecord> rejects
    )
    {
        int rows = places.Count;
        var columns = new Column?[plan.Count];
        ulong[]? rejected = null;
        ulong[]? badKeys = null;
        bool contradicted = false;
        for (int c = 0; c < plan.Count; c++)
        {
            PlanColumn wanted = plan[c];
            if (wanted.Mode is ColumnMode.Skip or ColumnMode.Observe)
            {
                continue;
            }
            ulong[] bad = unit.Lease.Rent<ulong>((rows + 63) >> 6);
            Array.Clear(bad);
            int badCount = 0;
            columns[c] =
                wanted.SourceOrdinal < 0
                    ? Column.AllNull(wanted.Type, rows, unit.Lease)
                    : ToColumn(unit, wanted, text, views[wanted.SourceOrdinal]!, present[wanted.SourceOrdinal]!, rows, bad, out badCount);
            contradicted |= badCount > 0 && wanted.Mode == ColumnMode.Convert;
            if (badCount > 0 && wanted.IsKey)
            {
                badKeys = Union(badKeys, bad);
            }
            for (int r = 0; r < rows; r++)
            {
                bool isBad = badCount > 0 && (bad[r >> 6] >> r & 1) != 0;
                bool isNull = wanted.NullError is not null && columns[c]!.IsNull(r);
                if (!isBad && !isNull)
                {
                    continue;
                }
                rejected ??= NewBits(unit, rows);
                if ((rejected[r >> 6] >> r & 1) == 0)
                {
                    rejected[r >> 6] |= 1UL << r;
                    ErrorKind kind = isBad ? ErrorKind.InvalidValue : wanted.NullError!.Value;
                    rejects.Add(
                        Reject(
                            unit,
                            places[r],
                            kind,
                            wanted.Name,
                            isBad ? $"the value is not {wanted.Type}" : "the value is missing or null"
                        )
                    );
                }
            }
        }
        rejects.Sort((a, b) => a.ByteOffset.CompareTo(b.ByteOffset));
        var batch = new RowBatch(unit.Lease, rows, columns)
        {
            InputBytes = unit.InputBytes,
            LineCount = unit.Lines,
            Rejects = rejects,
            Held = rejected is null || contradicted ? [] : ReadHeld(unit, plan, columns, rows, rejected, badKeys),
            Contradicted = contradicted,
        };
        return rejected is null ? batch : BatchFilter.Without(batch, rejected);
    }

    /// <summary>The keys of rows that another value makes malformed. Text that is no JSON has none.</summary>
    private static HeldKeys[] ReadHeld(
        JsonUnit unit,
        IReadOnlyList<PlanColumn> plan,
        Column?[] columns,
        int rows,
        ulong[] rejected,
        ulong[]? badKeys
    )
    {
        int[] keys = [.. Enumerable.Range(0, plan.Count).Where(c => plan[c].IsKey)];
        return keys.Length > 0 && HeldKeys.Pick(columns, keys, rows, rejected, badKeys, unit.Lease) is { } held ? [held] : [];
    }

    private static ulong[] Union(ulong[]? one, ulong[] other)
    {
        for (int i = 0; one is not null && i < Math.Min(one.Length, other.Length); i++)
        {
            other[i] |= one[i];
        }
        return other;
    }

    private static Column ToColumn(
        JsonUnit unit,
        PlanColumn wanted,
        byte[] text,
        TextView[] views,
        ulong[] present,
        int rows,
        ulong[] bad,
        out int badCount
    )
    {
        ulong[] nulls = NewBits(unit, rows);
        int nullCount = 0;
        for (int r = 0; r < rows; r++)
        {
            if ((present[r >> 6] >> r & 1) == 0)
            {
                nulls[r >> 6] |= 1UL << r;
                views[r] = default;
                nullCount++;
            }
        }
        return TextConverter.Convert(
            wanted.Type,
            TextPattern.Iso,
            Format,
            text,
            views,
            nullCount == 0 ? null : nulls,
            nullCount,
            rows,
            unit.Lease,
            bad,
            out badCount
        );
    }

    private static ulong[] NewBits(JsonUnit unit, int rows)
    {
        ulong[] bits = unit.Lease.Rent<ulong>((rows + 63) >> 6);
        Array.Clear(bits);
        return bits;
    }

    private RejectedRecord Reject(JsonUnit unit, JsonRecord record, ErrorKind kind, string? column, string reason) =>
        new(kind, source, record.Line, unit.Offset + record.Start, column, reason);
}
