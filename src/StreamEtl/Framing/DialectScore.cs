namespace StreamEtl.Framing;

/// <summary>How well a candidate explains a sample.</summary>
internal static class DialectScore
{
    /// <summary>What one column scores: less than any consistent table of two, more than an inconsistent one.</summary>
    private const double SingleColumn = 0.18;

    private const int MaxRecords = 2000;

    /// <summary>
    /// The share of records that have the commonest number of fields, times how clean the fields are, times a preference for more columns.
    /// One column scores a constant.
    /// </summary>
    public static double Of(DialectProbe probe, ReadOnlySpan<byte> sample)
    {
        int records = Math.Min(probe.Count, MaxRecords);
        if (records == 0)
        {
            return 0;
        }
        (int width, int agreeing) = CommonWidth(probe, records);
        double damage = probe.EndsInQuotes && probe.CutBytes > sample.Length / 2 ? 0.5 : 1.0 / (1 + probe.Malformed);
        if (width < 2)
        {
            return SingleColumn * (damage > 0.5 ? 1 : 0.9);
        }
        int leading = 0;
        while (probe.Width(leading) != width && leading < Preamble.MaxRecords)
        {
            leading++;
        }
        // Titles and comments before a table speak less against it than rows that disagree inside it.
        double consistency = agreeing / (records - (leading / 2.0));
        return consistency * consistency * Cleanness(probe, sample, records) * (width - 1) / width * (0.5 + (damage / 2));
    }

    /// <summary>The number of fields that most records have; of equals, the larger.</summary>
    public static (int Width, int Count) CommonWidth(DialectProbe probe, int records)
    {
        var counts = new Dictionary<int, int>();
        for (int i = 0; i < records; i++)
        {
            int width = probe.Width(i);
            counts[width] = counts.GetValueOrDefault(width) + 1;
        }
        (int Width, int Count) best = default;
        for (int i = 0; i < records; i++)
        {
            int width = probe.Width(i);
            int count = counts[width];
            if (count > best.Count || (count == best.Count && width > best.Width))
            {
                best = (width, count);
            }
        }
        return best;
    }

    /// <summary>
    /// The mean over cells: 1 for values, nothing and quoted text; less for bare text; least for text that looks as if it had been cut at the wrong places.
    /// </summary>
    private static double Cleanness(DialectProbe probe, ReadOnlySpan<byte> sample, int records)
    {
        double sum = 0;
        long cells = 0;
        for (int i = 0; i < records; i++)
        {
            foreach (DialectProbe.Cell cell in probe[i])
            {
                ReadOnlySpan<byte> text = sample.Slice(cell.Start, cell.Length);
                sum +=
                    cell.IsQuoted || CellShapes.Of(text) != CellShape.Text ? 1
                    : IsSuspect(text, probe.Delimiter) ? 0.3
                    : 0.9;
                cells++;
            }
        }
        return cells == 0 ? 0 : sum / cells;
    }

    /// <summary>True for bare text with a quote or another candidate's delimiter in it. A comma is one only where a letter follows at once, as in no prose.</summary>
    private static bool IsSuspect(ReadOnlySpan<byte> text, byte delimiter)
    {
        if (text.Contains((byte)'"'))
        {
            return true;
        }
        foreach (byte other in ";\t|"u8)
        {
            if (delimiter != other && text.Contains(other))
            {
                return true;
            }
        }
        int comma = text.IndexOf((byte)',');
        return comma >= 0 && comma + 1 < text.Length && char.IsAsciiLetter((char)text[comma + 1]);
    }
}
