namespace StreamEtl.Framing;

/// <summary>
/// Decides between decimal point and decimal comma. The comma needs proof (<c>1234,56</c>, <c>0,5</c>) and no counter-example;
/// <c>1,234</c> alone proves nothing, because it may be a thousands separator.
/// </summary>
internal static class DecimalSniffer
{
    /// <summary>The separator of the numbers from record <paramref name="first"/> on.</summary>
    public static char Find(DialectProbe probe, ReadOnlySpan<byte> sample, int first)
    {
        bool comma = false;
        for (int i = probe.Delimiter == ',' ? probe.Count : first; i < probe.Count; i++)
        {
            foreach (DialectProbe.Cell cell in probe[i])
            {
                switch (CellShapes.Of(sample.Slice(cell.Start, cell.Length)))
                {
                    case CellShape.PointDecimal:
                        return '.';
                    case CellShape.CommaDecimal:
                        comma = true;
                        break;
                    default:
                        break;
                }
            }
        }
        return comma ? ',' : '.';
    }
}
