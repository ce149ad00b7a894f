using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Walks one column chunk that is cut into several units, page by page, and copies for each unit the dictionary and the pages that its rows lie in. Pages at a
/// cut go to both units, so that each decodes on its own.
/// </summary>
internal sealed class ChunkCursor
{
    private const int HeaderWindow = 16 << 10;
    private const int MaxHeader = 16 << 20;

    private readonly ParquetFile _file;
    private readonly ChunkInfo _chunk;
    private readonly SchemaNode _leaf;
    private readonly long _end;
    private readonly long _rowCount;
    private readonly long _valueCount;
    private readonly Queue<Page> _pages = new();
    private byte[] _dictionary = [];
    private long _position;
    private long _values;
    private long _rows;

    /// <summary>Starts at the first page of a chunk of <paramref name="rowCount"/> rows.</summary>
    public ChunkCursor(ParquetFile file, ChunkInfo chunk, SchemaNode leaf, long rowCount)
    {
        _file = file;
        _chunk = chunk;
        _leaf = leaf;
        _rowCount = rowCount;
        _valueCount = leaf.MaxRepetition == 0 ? rowCount : chunk.ValueCount;
        (long offset, long length) = file.Extent(chunk);
        _position = offset;
        _end = offset + length;
    }

    /// <summary>The pages of rows from <paramref name="first"/> up to <paramref name="end"/>, counted within the row group. Called in row order.</summary>
    public LeafSlice Slice(long first, long end, BufferLease lease)
    {
        // A nested row is complete only once the next one has begun.
        long wanted = _leaf.MaxRepetition > 0 ? Math.Min(end + 1, _rowCount) : end;
        while (_rows < wanted || (end == _rowCount && _values < _valueCount))
        {
            ReadPage();
        }
        while (_pages.TryPeek(out Page? page) && page.RowEnd <= first)
        {
            _pages.Dequeue();
        }
        int length = _dictionary.Length;
        foreach (Page page in _pages)
        {
            length = checked(length + page.Bytes.Length);
        }
        byte[] bytes = lease.Rent<byte>(length + BitUnpacker.Slack);
        _dictionary.CopyTo(bytes, 0);
        int used = _dictionary.Length;
        long offset = _chunk.Start;
        long rowStart = first;
        foreach (Page page in _pages)
        {
            if (used == _dictionary.Length)
            {
                (offset, rowStart) = (page.FileOffset - used, page.RowStart);
            }
            page.Bytes.CopyTo(bytes, used);
            used += page.Bytes.Length;
        }
        return new LeafSlice(bytes, length, offset, checked((int)(first - rowStart)), WholeChunk: false);
    }

    private void ReadPage()
    {
        long offset = _position;
        PageHeader header = ReadHeader(out int headerLength);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(headerLength + header.CompressedBytes);
        _file.Read(bytes, offset);
        _position += bytes.Length;
        if (header.Type == PageType.Dictionary)
        {
            _dictionary = _dictionary.Length == 0 ? bytes : throw ParquetFault.Damaged("a column chunk has two dictionaries");
        }
        else if (header.Type is PageType.Data or PageType.DataV2)
        {
            long start = _rows;
            _values += header.ValueCount;
            _rows += _leaf.MaxRepetition == 0 ? header.ValueCount : RowCounter.Count(bytes, headerLength, header, _chunk, _leaf);
            if (_rows > _rowCount || _values > _valueCount)
            {
                throw ParquetFault.Damaged("a column chunk holds more values than its metadata says");
            }
            _pages.Enqueue(new Page(bytes, offset, start, _rows));
        }
    }

    private PageHeader ReadHeader(out int length)
    {
        for (int window = HeaderWindow; ; window *= 8)
        {
            byte[] bytes = new byte[Math.Min(window, _end - _position)];
            if (bytes.Length == 0)
            {
                throw ParquetFault.Damaged($"the pages of the column end after {_values} of {_valueCount} values");
            }
            _file.Read(bytes, _position);
            try
            {
                PageHeader header = PageHeader.Read(bytes, out length);
                PageWalker.CheckSizes(header, _chunk, _end - _position - length);
                return header;
            }
            catch (ParquetFault) when (bytes.Length == window && window < MaxHeader)
            {
                // A header with long statistics may be cut off by the window.
            }
        }
    }

    private sealed record Page(byte[] Bytes, long FileOffset, long RowStart, long RowEnd);
}
