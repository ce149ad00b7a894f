namespace StreamEtl.Framing;

/// <summary>Decides whether the first record names the columns. Undecided means yes: most tables have a header, and reading one as data spoils every column's type.</summary>
internal static class HeaderSniffer
{
    private const int MaxRecords = 200;

    /// <summary>True when the record at <paramref name="first"/> is a header, or nothing speaks against it.</summary>
    public static bool HasHeader(DialectProbe probe, ReadOnlySpan<byte> sample, int first)
    {
        if (first >= probe.Count)
        {
            return true;
        }
        (int names, int values) = Votes(probe, sample, first);
        return names >= values;
    }

    /// <summary>True when something speaks for a header and nothing against it: text, no gaps, no repeats, and values below.</summary>
    public static bool IsEvident(DialectProbe probe, ReadOnlySpan<byte> sample, int first)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (DialectProbe.Cell cell in probe[first])
        {
            ReadOnlySpan<byte> text = sample.Slice(cell.Start, cell.Length);
            if (CellShapes.Of(text) != CellShape.Text || !seen.Add(System.Text.Encoding.UTF8.GetString(text)))
            {
                return false;
            }
        }
        (int names, int values) = Votes(probe, sample, first);
        return names > 0 && values == 0;
    }

    /// <summary>Columns whose first cell is text above values, and columns whose first cell is a value like those below (or that have nothing below).</summary>
    private static (int Names, int Values) Votes(DialectProbe probe, ReadOnlySpan<byte> sample, int first)
    {
        int names = 0;
        int values = 0;
        ReadOnlySpan<DialectProbe.Cell> header = probe[first];
        int last = Math.Min(probe.Count, first + 1 + MaxRecords);
        for (int column = 0; column < header.Length; column++)
        {
            ReadOnlySpan<byte> name = sample.Slice(header[column].Start, header[column].Length);
            CellShape shape = CellShapes.Of(name);
            if (shape == CellShape.Empty)
            {
                continue;
            }
            int typed = 0;
            int alike = 0;
            int years = 0;
            int texts = 0;
            for (int i = first + 1; i < last; i++)
            {
                if (column < probe.Width(i))
                {
                    DialectProbe.Cell cell = probe[i][column];
                    ReadOnlySpan<byte> text = sample.Slice(cell.Start, cell.Length);
                    CellShape below = CellShapes.Of(text);
                    typed += CellShapes.IsTyped(below) ? 1 : 0;
                    texts += below == CellShape.Text ? 1 : 0;
                    alike += Family(below) == Family(shape) ? 1 : 0;
                    years += IsYear(text) ? 1 : 0;
                }
            }
            if (shape == CellShape.Text || (typed > 0 && alike == 0))
            {
                // A few texts among values are markers such as NA.
                names += typed > 0 && texts * 10 <= typed ? 1 : 0;
            }
            else if (texts * 2 <= typed && !(IsYear(name) && typed > 0 && years < typed))
            {
                values++;
            }
        }
        return (names, values);
    }

    private static CellShape Family(CellShape shape) =>
        shape is CellShape.PointDecimal or CellShape.CommaDecimal or CellShape.Grouped ? CellShape.Whole : shape;

    /// <summary>Years are the one kind of number that heads columns.</summary>
    private static bool IsYear(ReadOnlySpan<byte> text) =>
        text.Length == 4 && (text.StartsWith("19"u8) || text.StartsWith("20"u8)) && CellShapes.Of(text) == CellShape.Whole;
}
