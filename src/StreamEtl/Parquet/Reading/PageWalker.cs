using StreamEtl.Compression;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Walks the pages of a slice: header, checksum, payload.</summary>
internal sealed class PageWalker(LeafSlice slice, ChunkInfo chunk)
{
    /// <summary>A page larger than this is refused: writers aim at 1 MB, and a few bytes of zstd can claim 2 GB.</summary>
    public const int MaxPageBytes = 256 << 20;

    private const int Tolerated = 16 << 20;

    private int _position;
    private int _start;

    /// <summary>File offset of the page that was read last, for messages.</summary>
    public long FileOffset { get; private set; } = slice.FileOffset;

    /// <summary>The header of the current page.</summary>
    public PageHeader Header { get; private set; } = new();

    /// <summary>The current page, when it is not part of a whole chunk.</summary>
    public StoredPage? Page { get; private set; }

    /// <summary>The current page's bytes as stored.</summary>
    public ReadOnlySpan<byte> Payload => (Page?.Bytes ?? slice.Bytes).AsSpan(_start, Header.CompressedBytes);

    /// <summary>Moves to the next page and checks its bytes, those of a shared page only where it is decompressed; false at the end of the slice.</summary>
    public bool Next()
    {
        if (!NextUnchecked())
        {
            return false;
        }
        if (Page is not { IsShared: true } && Header.Crc is { } crc && Crc32.Append(0, Payload) != crc)
        {
            throw StoredPage.WrongChecksum();
        }
        return true;
    }

    /// <summary>Moves to the next page; false at the end of the slice.</summary>
    public bool NextUnchecked()
    {
        if (slice.Pages is { } pages)
        {
            if (_position == pages.Length)
            {
                return false;
            }
            Page = pages[_position++];
            Header = Page.Header;
            FileOffset = Page.FileOffset;
            return true;
        }
        if (_position >= slice.Length)
        {
            return false;
        }
        FileOffset = slice.FileOffset + _position;
        Header = PageHeader.Read(slice.Bytes.AsSpan(_position, slice.Length - _position), out int length);
        _start = _position + length;
        CheckSizes(Header, chunk, slice.Length - _start);
        _position = _start + Header.CompressedBytes;
        return true;
    }

    /// <summary>Refuses a page that is longer than what is left of its chunk, larger than the chunk is said to be, or too large.</summary>
    public static void CheckSizes(PageHeader header, ChunkInfo chunk, long left)
    {
        if (header.CompressedBytes > left)
        {
            throw ParquetFault.Damaged("a page is longer than its column chunk");
        }
        // Units are planned by what the footer says of chunks. Some writers get it wrong, but none by this much.
        if (header.UncompressedBytes > Math.Max(chunk.UncompressedBytes, Tolerated))
        {
            throw ParquetFault.Damaged($"a page of {header.UncompressedBytes} bytes stands in a chunk of {chunk.UncompressedBytes}");
        }
        if (header.UncompressedBytes > MaxPageBytes)
        {
            throw ParquetFault.Unsupported($"a page of {header.UncompressedBytes} bytes is larger than {MaxPageBytes}");
        }
    }
}
