namespace StreamEtl.Batches;

/// <summary>
/// Where the rows of a unit of text start, by groups of <see cref="RowsPerGroup"/>: what a first pass notes, a quarter of a byte a row, so that a later one that wants few of them finds
/// them without looking at the others.
/// </summary>
public sealed class RowPlaces
{
    /// <summary>Rows of each group but the last.</summary>
    public const int RowsPerGroup = 8;

    private readonly ushort[] _lengths;

    private RowPlaces(ushort[] lengths, int bytes, int rows)
    {
        _lengths = lengths;
        Bytes = bytes;
        Rows = rows;
    }

    /// <summary>Bytes of the unit.</summary>
    public int Bytes { get; }

    /// <summary>Rows of the unit.</summary>
    public int Rows { get; }

    /// <summary>Bytes of each group. They follow each other without a gap; a blank line belongs to the row before it, one at the beginning to the first.</summary>
    public ReadOnlySpan<ushort> Lengths => _lengths;

    /// <summary>The places of the rows that begin at <paramref name="starts"/> in a unit of <paramref name="bytes"/> bytes; null where a group is longer than can be noted.</summary>
    public static RowPlaces? Of(ReadOnlySpan<int> starts, int bytes)
    {
        var lengths = new ushort[(starts.Length + RowsPerGroup - 1) / RowsPerGroup];
        int start = 0;
        for (int g = 0; g < lengths.Length; g++)
        {
            int end = g + 1 < lengths.Length ? starts[(g + 1) * RowsPerGroup] : bytes;
            if (end - start > ushort.MaxValue)
            {
                return null;
            }
            lengths[g] = (ushort)(end - start);
            start = end;
        }
        return new RowPlaces(lengths, bytes, starts.Length);
    }
}
