using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Walks one column chunk that is cut into several units, page by page, and hands each unit the dictionary and the pages that its rows lie in. A page at a cut goes
/// to both units, which share it. Pages that end before the rows of the next unit are passed over unread, with the page index in one step.
/// </summary>
internal sealed class ChunkCursor
{
    private const int HeaderWindow = 16 << 10;
    private const int MaxHeader = 16 << 20;

    private readonly ParquetFile _file;
    private readonly BufferPool _pool;
    private readonly ChunkInfo _chunk;
    private readonly SchemaNode _leaf;
    private readonly long _end;
    private readonly long _rowCount;
    private readonly long _valueCount;
    private readonly PageLocations? _locations;
    private readonly Queue<StoredPage> _pages = new();
    private StoredPage? _dictionary;
    private long _position;
    private long _values;
    private long _rows;
    private long _promisedRows = -1;

    /// <summary>Starts at the first page of a chunk of <paramref name="rowCount"/> rows; <paramref name="locations"/>, if known, serve to leave out pages.</summary>
    public ChunkCursor(ParquetFile file, ChunkInfo chunk, SchemaNode leaf, long rowCount, BufferPool pool, PageLocations? locations = null)
    {
        _locations = leaf.MaxRepetition == 0 ? locations : null;
        _pool = pool;
        _file = file;
        _chunk = chunk;
        _leaf = leaf;
        _rowCount = rowCount;
        _valueCount = leaf.MaxRepetition == 0 ? rowCount : chunk.ValueCount;
        (long offset, long length) = file.Extent(chunk);
        _position = offset;
        _end = offset + length;
    }

    /// <summary>What reading the chunk will hold, by its first headers, before anything is taken: its dictionary twice, a data page, and a further one at a change of pages.</summary>
    public async ValueTask<(long Dictionary, long Page, long Change)> MeasureAsync(CancellationToken cancellationToken)
    {
        long start = _position;
        (long dictionary, long page, long change) = (0, 0, 0);
        while (page == 0 && _position < _end)
        {
            (PageHeader header, int length) = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            _position += length + header.CompressedBytes;
            if (header.Type is PageType.Data or PageType.DataV2)
            {
                page = Math.Max(1, Math.Max(header.CompressedBytes, header.UncompressedBytes));
                change = (long)header.CompressedBytes + header.UncompressedBytes;
            }
            else if (header.Type == PageType.Dictionary)
            {
                dictionary += header.CompressedBytes + (2L * header.UncompressedBytes);
            }
        }
        _position = start;
        return (dictionary, page, change);
    }

    /// <summary>The pages of rows from <paramref name="first"/> up to <paramref name="end"/>, counted within the row group. Called in row order.</summary>
    public async ValueTask<LeafSlice> SliceAsync(long first, long end, CancellationToken cancellationToken)
    {
        // A nested row is complete only once the next one has begun.
        long wanted = _leaf.MaxRepetition > 0 ? Math.Min(end + 1, _rowCount) : end;
        if (first > _rows && _locations is not null)
        {
            await LeapAsync(_locations, first, cancellationToken).ConfigureAwait(false);
        }
        while (_rows < wanted || (end == _rowCount && _values < _valueCount))
        {
            await ReadPageAsync(first, cancellationToken).ConfigureAwait(false);
        }
        while (_pages.TryPeek(out StoredPage? page) && page.RowEnd <= first)
        {
            _pages.Dequeue().Release();
        }
        double length = 0;
        foreach (StoredPage page in _pages)
        {
            // A page may be far larger than a unit: what counts is the unit's share of it.
            long rows = Math.Min(page.RowEnd, end) - Math.Max(page.RowStart, first);
            length += (double)page.Header.CompressedBytes * Math.Max(rows, 0) / Math.Max(page.RowEnd - page.RowStart, 1);
            page.IsShared |= page.RowEnd > end;
        }
        StoredPage[] pages = _dictionary is null ? [.. _pages] : [_dictionary, .. _pages];
        foreach (StoredPage page in pages)
        {
            page.Hold();
        }
        long rowStart = _pages.TryPeek(out StoredPage? head) ? head.RowStart : first;
        long offset = head?.FileOffset ?? _position;
        return new LeafSlice([], (int)Math.Min(length, int.MaxValue), offset, pages, checked((int)(first - rowStart)));
    }

    /// <summary>Lets go of all pages.</summary>
    public void Close()
    {
        _dictionary?.Release();
        _dictionary = null;
        while (_pages.TryDequeue(out StoredPage? page))
        {
            page.Release();
        }
    }

    /// <summary>Moves to the page of a row that lies further on, once the dictionary is there.</summary>
    private async ValueTask LeapAsync(PageLocations locations, long first, CancellationToken cancellationToken)
    {
        while (_position < locations.Offset(0))
        {
            await ReadPageAsync(first, cancellationToken).ConfigureAwait(false);
        }
        int page = locations.Find(first);
        if (locations.FirstRow(page) <= _rows)
        {
            return;
        }
        _position = locations.Offset(page);
        _rows = locations.FirstRow(page);
        _values = _rows;
        _promisedRows = locations.EndRow(page);
    }

    /// <summary>Reads the next page, or only its header when its rows end before <paramref name="first"/>.</summary>
    private async ValueTask ReadPageAsync(long first, CancellationToken cancellationToken)
    {
        long offset = _position;
        (PageHeader header, int headerLength) = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        _position += headerLength + header.CompressedBytes;
        if (header.Type is not (PageType.Dictionary or PageType.Data or PageType.DataV2))
        {
            return;
        }
        bool isData = header.Type != PageType.Dictionary;
        if (isData && _promisedRows >= 0 && _rows + header.ValueCount != _promisedRows)
        {
            throw ParquetFault.Damaged("a page does not hold the rows that the page index says");
        }
        _promisedRows = isData ? -1 : _promisedRows;
        if (isData && _leaf.MaxRepetition == 0 && _rows + header.ValueCount <= first)
        {
            _rows += header.ValueCount;
            _values = _rows;
            return;
        }
        var page = new StoredPage(header, offset, _pool);
        try
        {
            await _file.ReadAsync(offset + headerLength, page.Payload, cancellationToken).ConfigureAwait(false);
            if (header.Type == PageType.Dictionary)
            {
                _dictionary = _dictionary is null ? page : throw ParquetFault.Damaged("a column chunk has two dictionaries");
                return;
            }
            page.RowStart = _rows;
            _values += header.ValueCount;
            _rows += _leaf.MaxRepetition == 0 ? header.ValueCount : RowCounter.Count(page.Payload.Span, header, _chunk, _leaf);
            if (_rows > _rowCount || _values > _valueCount)
            {
                throw ParquetFault.Damaged("a column chunk holds more values than its metadata says");
            }
            page.RowEnd = _rows;
            _pages.Enqueue(page);
        }
        catch
        {
            page.Release();
            throw;
        }
    }

    private async ValueTask<(PageHeader Header, int Length)> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        for (int window = HeaderWindow; ; window *= 8)
        {
            byte[] bytes = new byte[Math.Min(window, _end - _position)];
            if (bytes.Length == 0)
            {
                throw ParquetFault.Damaged($"the pages of the column end after {_values} of {_valueCount} values");
            }
            await _file.ReadAsync(_position, bytes, cancellationToken).ConfigureAwait(false);
            try
            {
                PageHeader header = PageHeader.Read(bytes, out int length);
                PageWalker.CheckSizes(header, _chunk, _end - _position - length);
                return (header, length);
            }
            catch (ParquetFault) when (bytes.Length == window && window < MaxHeader)
            {
                // A header with long statistics may be cut off by the window.
            }
        }
    }
}
