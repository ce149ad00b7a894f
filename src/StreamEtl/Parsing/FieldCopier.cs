using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// A column's texts of a frame, copied end to end into an array of their own, quotes undone, NULLs marked: <see cref="FieldGatherer"/> and <see cref="TextCompactor"/> in one. The frame stays
/// as it is.
/// </summary>
internal sealed class FieldCopier(CsvDialect dialect, CsvReadOptions options, int width)
{
    private readonly bool _knowsNoNullTexts = options.NullTexts.Count == 0;

    /// <summary>For each source column, bytes of the texts of 1,024 rows, as far as is known: what room the next unit's will need.</summary>
    private readonly long[] _perThousand = new long[width];

    /// <summary>Whether the values of a column are its texts as they stand in their quotes, and nothing else.</summary>
    public bool Takes(PlanColumn wanted) =>
        _knowsNoNullTexts && wanted.Type.Kind is ColumnKind.Text or ColumnKind.Binary && wanted.Pattern != TextPattern.DayFirst;

    /// <summary>The column of <paramref name="wanted"/>'s texts in the given rows.</summary>
    public Column Copy(CsvUnit unit, CsvRows rows, PlanColumn wanted)
    {
        int ordinal = wanted.SourceOrdinal;
        long known = _perThousand[ordinal];
        long expected = known == 0 ? unit.Length / width : (known * rows.Count) >> 10;
        byte[] texts = unit.Lease.Rent<byte>((int)Math.Min(expected + (expected / 16), unit.Length) + TextCompactor.Room);
        bool keepsQuotedEmpty = options.QuotedEmptyIsString && wanted.Type.Kind is ColumnKind.Text;
        var copy = new TextCopy(unit, rows, dialect, ordinal, keepsQuotedEmpty, texts);
        Column column = copy.Run(wanted.Type);
        _perThousand[ordinal] = ((long)copy.Length << 10) / Math.Max(rows.Count, 1) + 1;
        return column;
    }
}
