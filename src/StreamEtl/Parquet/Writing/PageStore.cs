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

    /// <summary>Bytes of what was compressed last, behind those in use.</summary>
    private int _length;

    /// <summary>Compresses a page.</summary>
    public ReadOnlyMemory<byte> Compress(CompressionCodec codec, ReadOnlySpan<byte> page)
    {
        _ = Measure(codec, page);
        return Keep();
    }

    /// <summary>Compresses a page of texts with Snappy; <paramref name="ends"/>: where they end in it.</summary>
    public ReadOnlyMemory<byte> Compress(SnappyTexts texts, ReadOnlySpan<byte> page, ReadOnlySpan<int> ends)
    {
        _ = Measure(texts, page, ends, 0);
        return Keep();
    }

    /// <summary>Bytes that a piece takes compressed.</summary>
    public int Measure(CompressionCodec codec, ReadOnlySpan<byte> piece) =>
        _length = PageCodec.Compress(codec, piece, Free(PageCodec.MaxCompressedLength(codec, piece.Length)));

    /// <summary>Bytes that a piece of texts takes compressed with Snappy; <paramref name="offset"/>: where it begins in what their ends are counted in.</summary>
    public int Measure(SnappyTexts texts, ReadOnlySpan<byte> piece, ReadOnlySpan<int> ends, int offset) =>
        _length = texts.Compress(piece, ends, offset, Free(Snappy.MaxCompressedLength(piece.Length)));

    private Span<byte> Free(int bytes)
    {
        if (_block.Length - _used < bytes)
        {
            _block = lease.Rent<byte>(Math.Max(bytes, BlockBytes));
            _used = 0;
        }
        return _block.AsSpan(_used);
    }

    private ReadOnlyMemory<byte> Keep()
    {
        var stored = new ReadOnlyMemory<byte>(_block, _used, _length);
        _used += _length;
        return stored;
    }
}
