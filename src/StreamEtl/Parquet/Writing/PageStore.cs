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

    /// <summary>Compresses a page.</summary>
    public ReadOnlyMemory<byte> Compress(CompressionCodec codec, ReadOnlySpan<byte> page)
    {
        int length = Measure(codec, page);
        var stored = new ReadOnlyMemory<byte>(_block, _used, length);
        _used += length;
        return stored;
    }

    /// <summary>Bytes that <paramref name="piece"/> takes compressed.</summary>
    public int Measure(CompressionCodec codec, ReadOnlySpan<byte> piece)
    {
        int most = PageCodec.MaxCompressedLength(codec, piece.Length);
        if (_block.Length - _used < most)
        {
            _block = lease.Rent<byte>(Math.Max(most, BlockBytes));
            _used = 0;
        }
        return PageCodec.Compress(codec, piece, _block.AsSpan(_used));
    }
}
