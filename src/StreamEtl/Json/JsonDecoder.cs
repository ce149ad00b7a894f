using System.Text.Json;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Json;

/// <summary>JSON records to a batch: the texts of wanted values, where they stand in the unit, become typed columns as CSV's do.</summary>
internal sealed class JsonDecoder(string source, JsonNames names)
{
    private static readonly TextFormat Format = new();

    /// <summary>Decodes a unit.</summary>
    public RowBatch Decode(JsonUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        int most = unit.Records.Count;
        var rejects = new List<RejectedRecord>();
        JsonRecord[] places = unit.Lease.Rent<JsonRecord>(most);
        var columns = new JsonTexts?[names.Count];
        foreach (PlanColumn column in plan)
        {
            if (column.SourceOrdinal >= 0 && column.Mode != ColumnMode.Skip)
            {
                columns[column.SourceOrdinal] ??= new JsonTexts(unit.Lease, most);
            }
        }
        var gather = new TextGather(names, columns);
        var reader = new JsonRowReader();
        foreach (JsonRecord record in unit.Records.Span)
        {
            if (reader.Read(unit.Bytes, record, ref gather) is { } wrong)
            {
                Array.ForEach(columns, c => c?.Forget(gather.Row));
                rejects.Add(Reject(unit, record, ErrorKind.InvalidJson, null, wrong));
                continue;
            }
            places[gather.Row] = record;
            gather.NextRow();
        }
        return Convert(unit, plan, places.AsSpan(0, gather.Row), columns, rejects);
    }

    private RowBatch Convert(
        JsonUnit unit,
        IReadOnlyList<PlanColumn> plan,
        ReadOnlySpan<JsonRecord> places,
        JsonTexts?[] texts,
        List<RejectedRecord> rejects
    )
    {
        int rows = places.Length;
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
                    : ToColumn(unit, wanted, texts[wanted.SourceOrdinal]!, rows, bad, out badCount);
            contradicted |= badCount > 0 && wanted.Mode == ColumnMode.Convert;
            if (badCount > 0 && wanted.IsKey)
            {
                badKeys = Union(badKeys, bad);
            }
            for (int r = 0; r < rows && (badCount > 0 || wanted.NullError is not null); r++)
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

    private static Column ToColumn(JsonUnit unit, PlanColumn wanted, JsonTexts texts, int rows, ulong[] bad, out int badCount)
    {
        int nullCount = texts.Finish(rows);
        return TextConverter.Convert(
            wanted.Type,
            TextPattern.Iso,
            Format,
            unit.Bytes,
            texts.Views,
            nullCount == 0 ? null : texts.Nulls,
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

    /// <summary>Puts values into their columns' texts.</summary>
    private struct TextGather(JsonNames names, JsonTexts?[] columns) : IJsonVisitor
    {
        private int _last = -1;

        /// <summary>The row that is being read.</summary>
        public int Row { get; private set; }

        public void NextRow()
        {
            Row++;
            _last = -1;
        }

        public void Visit(ReadOnlySpan<byte> name, JsonTokenType kind, int start, int length)
        {
            int ordinal = names.Find(name, _last + 1);
            if (ordinal < 0)
            {
                return;
            }
            _last = ordinal;
            if (kind != JsonTokenType.Null)
            {
                columns[ordinal]?.Set(Row, new TextView(start, length));
            }
        }
    }
}
