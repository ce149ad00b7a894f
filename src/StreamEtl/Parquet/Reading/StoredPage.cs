using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// A page of a chunk that is cut into several units. Units that share it decompress it once, whichever comes first. Cursor and units hold it by counted
/// references; the last to let go gives its arrays back.
/// </summary>
internal sealed class StoredPage
{
    private readonly Lock _lock = new();
    private readonly BufferLease _lease;
    private byte[]? _plain;
    private int _references = 1;

    /// <summary>Makes a page with room for its payload; the caller holds the first reference.</summary>
    public StoredPage(PageHeader header, long fileOffset, BufferPool pool)
    {
        Header = header;
        FileOffset = fileOffset;
        _lease = pool.Lease();
        Bytes = _lease.Rent<byte>(header.CompressedBytes + BitUnpacker.Slack);
    }

    /// <summary>The page's header.</summary>
    public PageHeader Header { get; }

    /// <summary>An array that starts with the payload.</summary>
    public byte[] Bytes { get; }

    /// <summary>The payload.</summary>
    public Span<byte> Payload => Bytes.AsSpan(0, Header.CompressedBytes);

    /// <summary>File offset of the header.</summary>
    public long FileOffset { get; }

    /// <summary>Rows of the row group that begin before the page.</summary>
    public long RowStart { get; set; }

    /// <summary>Rows of the row group that begin before the page's end.</summary>
    public long RowEnd { get; set; }

    /// <summary>True when more than one unit has rows in it. Set before the first of them is handed out.</summary>
    public bool IsShared { get; set; }

    /// <summary>The decompressed page, with slack.</summary>
    public byte[] Plain(ChunkInfo chunk)
    {
        lock (_lock)
        {
            if (_plain is null)
            {
                PagePayload.CheckRatio(chunk.Codec, Header.CompressedBytes, Header.UncompressedBytes);
                byte[] plain = _lease.Rent<byte>(Header.UncompressedBytes + BitUnpacker.Slack);
                PagePayload.Decompress(Header, chunk.Codec, Payload, plain.AsSpan(0, Header.UncompressedBytes));
                _plain = plain;
            }
            return _plain;
        }
    }

    /// <summary>Takes a further reference.</summary>
    public void Hold() => Interlocked.Increment(ref _references);

    /// <summary>Lets one reference go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _lease.Dispose();
        }
    }
}
