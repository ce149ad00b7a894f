namespace StreamEtl.Framing;

/// <summary>Finds lines that stand before a table: titles and comments. Skipping a line loses it, so everything must speak for it.</summary>
internal static class Preamble
{
    /// <summary>Most records that can stand before a table.</summary>
    public const int MaxRecords = 30;

    private const int MinBody = 2;

    /// <summary>
    /// Records before the header (or the first record): comments (<c>#</c>) of any width but the table's; titles and other facts (one field, or at most half as
    /// many as the table has) only when what follows is a header beyond doubt. 0 unless nearly everything that follows has the same number of fields.
    /// </summary>
    public static int CountRecords(DialectProbe probe, ReadOnlySpan<byte> sample, bool? hasHeader)
    {
        if (probe.Count < MinBody + 1)
        {
            return 0;
        }
        (int width, _) = DialectScore.CommonWidth(probe, probe.Count);
        int first = 0;
        bool comments = true;
        while (first < Math.Min(MaxRecords, probe.Count) && probe.Width(first) != width)
        {
            bool comment = sample[probe[first][0].Start] == '#';
            if (!comment && probe.Width(first) > Math.Max(width / 2, 1))
            {
                return 0;
            }
            comments &= comment;
            first++;
        }
        if (first == 0 || width < 2 || probe.Count - first < MinBody)
        {
            return 0;
        }
        int disagreeing = 0;
        for (int i = first; i < probe.Count; i++)
        {
            disagreeing += probe.Width(i) != width ? 1 : 0;
        }
        if (disagreeing * 10 > probe.Count - first)
        {
            return 0;
        }
        bool safe = comments || (hasHeader != false && HeaderSniffer.IsEvident(probe, sample, first));
        return safe ? first : 0;
    }
}
