using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Where the data pages of a chunk start, and with which row (<c>OffsetIndex</c> in parquet.thrift): what lets a reader leave out pages.</summary>
internal sealed class PageLocations
{
    private readonly long[] _offsets;
    private readonly long[] _firstRows;
    private readonly long _rowCount;

    private PageLocations(long[] offsets, long[] firstRows, long rowCount)
    {
        _offsets = offsets;
        _firstRows = firstRows;
        _rowCount = rowCount;
    }

    /// <summary>Parses an offset index. Null when it is damaged or contradicts the footer: pages can always be found one by one.</summary>
    public static PageLocations? Read(ReadOnlySpan<byte> bytes, ChunkInfo chunk, long rowCount)
    {
        try
        {
            var reader = new ThriftReader(bytes);
            short id = 0;
            while (reader.NextField(ref id, out ThriftType type))
            {
                if (id == 1)
                {
                    return ReadList(ref reader, type, chunk, rowCount);
                }
                reader.Skip(type);
            }
        }
        catch (ParquetFault)
        {
            return null;
        }
        return null;
    }

    /// <summary>File offset of a page.</summary>
    public long Offset(int page) => _offsets[page];

    /// <summary>First row of a page, within the row group.</summary>
    public long FirstRow(int page) => _firstRows[page];

    /// <summary>The row after a page's last.</summary>
    public long EndRow(int page) => page + 1 < _firstRows.Length ? _firstRows[page + 1] : _rowCount;

    /// <summary>The page that holds a row.</summary>
    public int Find(long row)
    {
        int found = Array.BinarySearch(_firstRows, row);
        return found >= 0 ? found : ~found - 1;
    }

    private static PageLocations? ReadList(ref ThriftReader reader, ThriftType type, ChunkInfo chunk, long rowCount)
    {
        int count = reader.ReadList(type, out ThriftType element);
        long[] offsets = new long[count];
        long[] firstRows = new long[count];
        long next = chunk.DataOffset;
        for (int i = 0; i < count; i++)
        {
            (offsets[i], long length, firstRows[i]) = ReadLocation(ref reader, element);
            // Pages follow one another without gaps, each with a row at least: anything else is not worth trusting.
            bool fits = i == 0 ? firstRows[0] == 0 : firstRows[i] > firstRows[i - 1];
            if (!fits || offsets[i] != next || length <= 0 || firstRows[i] >= rowCount)
            {
                return null;
            }
            next += length;
        }
        return count > 0 && next - chunk.Start <= chunk.CompressedBytes ? new PageLocations(offsets, firstRows, rowCount) : null;
    }

    private static (long Offset, long Length, long FirstRow) ReadLocation(ref ThriftReader reader, ThriftType type)
    {
        (long Offset, long Length, long FirstRow) location = (-1, 0, -1);
        reader.Enter(type);
        short id = 0;
        while (reader.NextField(ref id, out type))
        {
            switch (id)
            {
                case 1:
                    location.Offset = reader.ReadInt64(type);
                    break;
                case 2:
                    location.Length = reader.ReadInt32(type);
                    break;
                case 3:
                    location.FirstRow = reader.ReadInt64(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
        reader.Leave();
        return location;
    }
}
