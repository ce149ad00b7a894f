using StreamEtl.Compression;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>
/// Compresses the pages of a row group and keeps them in blocks of the part's lease, one behind the other: what compression might have needed and did not is given to
/// the next page.
/// </summary>
internal sealed class PageStore(BufferLease lease)
{
    private const int BlockBytes = 1 << 20;
    private byte[] _block = [];
    private int _used;

    /// <summary>Compresses a page; with Snappy by <paramref name="tails"/> alone, where it has any: the ends of its texts.</summary>
    public ReadOnlyMemory<byte> Compress(CompressionCodec codec, ReadOnlySpan<byte> page, ReadOnlySpan<int> tails = default)
    {
        int length = Measure(codec, page, tails, 0);
        var stored = new ReadOnlyMemory<byte>(_block, _used, length);
        _used += length;
        return stored;
    }

    /// <summary>Bytes that a piece takes compressed; <paramref name="offset"/>: where it begins in what the tails are counted in.</summary>
    public int Measure(CompressionCodec codec, ReadOnlySpan<byte> piece, ReadOnlySpan<int> tails, int offset)
    {
        int most = PageCodec.MaxCompressedLength(codec, piece.Length);
        if (_block.Length - _used < most)
        {
            _block = lease.Rent<byte>(Math.Max(most, BlockBytes));
            _used = 0;
        }
        Span<byte> free = _block.AsSpan(_used);
        return codec == CompressionCodec.Snappy && !tails.IsEmpty
            ? SnappyTails.Compress(piece, tails, offset, free)
            : PageCodec.Compress(codec, piece, free);
    }
}
