using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>Records that an earlier pass has read, not scanned yet: which of them are wanted is known before it is known where their fields are.</summary>
internal sealed class PlacedUnit(BufferLease lease, byte[] bytes, RowPlaces places, SourceInfo source, long offset) : SourceUnit(lease)
{
    /// <inheritdoc/>
    public override long InputBytes => places.Bytes;

    /// <summary>All records.</summary>
    public CsvUnit Scan(IScanner scanner, CsvDialect dialect) => Scan(scanner, dialect, bytes, places.Bytes);

    /// <summary>
    /// The groups that hold the rows at <paramref name="positions"/> (ascending), moved together, and only they are scanned; <paramref name="moved"/>: where those rows are now,
    /// <paramref name="rows"/>: how many rows there are.
    /// </summary>
    public CsvUnit Pick(IScanner scanner, CsvDialect dialect, ReadOnlySpan<int> positions, out int[] moved, out int rows)
    {
        moved = Lease.Rent<int>(positions.Length);
        byte[] picked = Lease.Rent<byte>(PickedBytes(positions) + TextConverter.Slack);
        int length = 0;
        int start = 0;
        int group = 0;
        int copied = -1;
        rows = 0;
        for (int i = 0; i < positions.Length; i++)
        {
            int wanted = positions[i] / RowPlaces.RowsPerGroup;
            if (wanted != copied)
            {
                for (; group < wanted; group++)
                {
                    start += places.Lengths[group];
                }
                int groupBytes = places.Lengths[wanted];
                bytes.AsSpan(start, groupBytes).CopyTo(picked.AsSpan(length));
                length += groupBytes;
                rows += RowsOf(wanted);
                copied = wanted;
            }
            moved[i] = rows - RowsOf(wanted) + (positions[i] % RowPlaces.RowsPerGroup);
        }
        Lease.Release(bytes);
        return Scan(scanner, dialect, picked, length);
    }

    private CsvUnit Scan(IScanner scanner, CsvDialect dialect, byte[] block, int length)
    {
        var index = new FieldIndex(Lease, length);
        // They are whole records: what stands behind them is none of their business.
        int frame = length == 0 ? 0 : scanner.Scan(block.AsSpan(0, length), isLast: true, dialect, index);
        return frame == length ? new CsvUnit(Lease, block, length, index, offset, lines: 0) : throw ChangedInput.Error(source.Name, offset);
    }

    private int PickedBytes(ReadOnlySpan<int> positions)
    {
        int length = 0;
        int last = -1;
        foreach (int position in positions)
        {
            int group = position / RowPlaces.RowsPerGroup;
            length += group == last ? 0 : places.Lengths[group];
            last = group;
        }
        return length;
    }

    private int RowsOf(int group) => Math.Min(RowPlaces.RowsPerGroup, places.Rows - (group * RowPlaces.RowsPerGroup));
}
