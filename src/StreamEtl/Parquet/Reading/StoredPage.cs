using StreamEtl.Compression;
using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// A page of a chunk that is cut into several units. Units that share it decompress it once, whichever comes first; what was stored is let go then, because some
/// writers make pages of 100 MB. Cursor and units hold the page by counted references; the last to let go gives its arrays back.
/// </summary>
internal sealed class StoredPage
{
    private readonly Lock _lock = new();
    private readonly BufferLease _stored;
    private BufferLease? _decompressed;
    private byte[]? _plain;
    private int _references = 1;

    /// <summary>Makes a page with room for its payload; the caller holds the first reference.</summary>
    public StoredPage(PageHeader header, long fileOffset, BufferPool pool)
    {
        Header = header;
        FileOffset = fileOffset;
        _stored = pool.Lease();
        Bytes = _stored.Rent<byte>(header.CompressedBytes + BitUnpacker.Slack);
    }

    /// <summary>The page's header.</summary>
    public PageHeader Header { get; }

    /// <summary>An array that starts with the payload; of a shared page, empty once it is decompressed.</summary>
    public byte[] Bytes { get; private set; }

    /// <summary>The payload.</summary>
    public Memory<byte> Payload => Bytes.AsMemory(0, Header.CompressedBytes);

    /// <summary>File offset of the header.</summary>
    public long FileOffset { get; }

    /// <summary>Rows of the row group that begin before the page.</summary>
    public long RowStart { get; set; }

    /// <summary>Rows of the row group that begin before the page's end.</summary>
    public long RowEnd { get; set; }

    /// <summary>True when more than one unit has rows in it. Set before the first of them is handed out.</summary>
    public bool IsShared { get; set; }

    /// <summary>The page's checksum is wrong.</summary>
    public static ParquetFault WrongChecksum() => ParquetFault.Damaged("the checksum of a page is wrong");

    /// <summary>The decompressed page of several units, with slack; its checksum is verified on the way.</summary>
    public byte[] Plain(ChunkInfo chunk)
    {
        lock (_lock)
        {
            return _plain ??= Decompress(chunk);
        }
    }

    /// <summary>Takes a further reference.</summary>
    public void Hold() => Interlocked.Increment(ref _references);

    /// <summary>Lets one reference go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _stored.Dispose();
            _decompressed?.Dispose();
        }
    }

    private byte[] Decompress(ChunkInfo chunk)
    {
        if (Header.Crc is { } crc && Crc32.Append(0, Payload.Span) != crc)
        {
            throw WrongChecksum();
        }
        PagePayload.CheckRatio(chunk.Codec, Header.CompressedBytes, Header.UncompressedBytes);
        if (chunk.Codec == CompressionCodec.Uncompressed && Header.CompressedBytes == Header.UncompressedBytes)
        {
            return Bytes;
        }
        BufferLease lease = _stored.Pool.Lease();
        try
        {
            byte[] plain = lease.Rent<byte>(Header.UncompressedBytes + BitUnpacker.Slack);
            PagePayload.Decompress(Header, chunk.Codec, Payload.Span, plain.AsSpan(0, Header.UncompressedBytes));
            _decompressed = lease;
            _stored.Release(Bytes);
            Bytes = [];
            return plain;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }
}
