namespace StreamEtl.Parquet.Writing;

/// <summary>Walks a range of texts run by run, so that the array behind them is looked up once a batch and not once a value.</summary>
internal static class TextRuns
{
    /// <summary>The runs that cover values <paramref name="first"/> … <paramref name="first"/> + <paramref name="count"/>.</summary>
    public static IEnumerable<(int Start, int End, byte[] Heap)> Of(ColumnValues values, int first, int count)
    {
        int last = first + count;
        for (int r = 0; r < values.Heaps.Count; r++)
        {
            int start = Math.Max(values.Heaps[r].Start, first);
            int end = Math.Min(r + 1 < values.Heaps.Count ? values.Heaps[r + 1].Start : values.Present, last);
            if (start < end)
            {
                yield return (start, end, values.Heaps[r].Bytes);
            }
        }
    }
}
