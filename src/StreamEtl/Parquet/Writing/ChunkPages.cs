using StreamEtl.Compression;
using StreamEtl.Encoding;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>The pages of one column chunk: compresses them, appends them with their headers to the part, and keeps what footer and page index say of them.</summary>
internal sealed class ChunkPages(Field field, CompressionCodec codec, PageStore store, EncodedPart part)
{
    /// <summary>Compression must leave no more than this share of a chunk's first page to be worth undoing on every read.</summary>
    private const double WorthCompressing = 0.8;

    /// <summary>Of the first page so much is compressed to see whether it pays.</summary>
    private const int SampleBytes = 32 << 10;

    /// <summary>Texts are compressed in a way that takes a fraction of the time where that saves so much of what searching everything does.</summary>
    private const double SavesEnough = 7.0 / 8;

    private byte[]? _dictionary;
    private SnappyTexts? _texts;
    private bool _isCodecChosen;

    /// <summary>What the footer says of the chunk.</summary>
    public ColumnChunk Chunk { get; } = new() { Codec = codec };

    /// <summary>Keeps the dictionary page until the first data page shows whether compression pays for both.</summary>
    public void HoldDictionary(ReadOnlySpan<byte> page, int distinct)
    {
        _dictionary = page.ToArray();
        Chunk.Distinct = distinct;
    }

    /// <summary>Writes a data page; <paramref name="ends"/>: where its texts end, when they lie in it end to end.</summary>
    public void Write(
        ReadOnlySpan<byte> page,
        ReadOnlySpan<int> ends,
        PageEncoding encoding,
        int firstRow,
        int rows,
        int present,
        Bounds? bounds
    )
    {
        if (!_isCodecChosen)
        {
            Start(page, ends, encoding);
        }
        ReadOnlyMemory<byte> stored = _texts is null ? store.Compress(Chunk.Codec, page) : store.Compress(_texts, page, ends);
        long offset = part.Length;
        Append(PageType.Data, page.Length, stored, 5, rows, encoding);
        Chunk.Values += rows;
        Chunk.NullCount += rows - present;
        Chunk.Pages.Add(new DataPage(offset, (int)(part.Length - offset), firstRow, rows, rows - present, bounds));
        Chunk.Bounds = Bounds.Merge(Chunk.Bounds, bounds, field.Type);
    }

    /// <summary>Chooses the codec by a piece of the first page, and writes the dictionary.</summary>
    private void Start(ReadOnlySpan<byte> page, ReadOnlySpan<int> ends, PageEncoding encoding)
    {
        _isCodecChosen = true;
        ReadOnlyMemory<byte> dictionary = _dictionary is null ? default : store.Compress(Chunk.Codec, _dictionary);
        double stored = Sample(page, ends) * page.Length;
        if (stored + dictionary.Length > (page.Length + (_dictionary?.Length ?? 0)) * WorthCompressing)
        {
            Chunk.Codec = CompressionCodec.Uncompressed;
            _texts = null;
            dictionary = _dictionary;
        }
        Chunk.Encodings = _dictionary is null
            ? [(int)PageEncoding.Rle, (int)encoding]
            : [(int)PageEncoding.Plain, (int)PageEncoding.Rle, (int)encoding];
        if (_dictionary is not null)
        {
            Chunk.DictionaryOffset = part.Length;
            Append(PageType.Dictionary, _dictionary.Length, dictionary, 7, (int)Chunk.Distinct!.Value, PageEncoding.Plain);
        }
        Chunk.DataOffset = part.Length;
    }

    /// <summary>The share of its bytes that a piece of the first page takes compressed, in the way that is chosen for all.</summary>
    private double Sample(ReadOnlySpan<byte> page, ReadOnlySpan<int> ends)
    {
        // The end of it: some encodings begin with lengths, which are no sample of what follows them.
        int at = Math.Max(page.Length - SampleBytes, 0);
        ReadOnlySpan<byte> piece = page[at..];
        int stored = store.Measure(Chunk.Codec, piece);
        if (Chunk.Codec == CompressionCodec.Snappy && !ends.IsEmpty)
        {
            double enough = piece.Length - ((piece.Length - stored) * SavesEnough);
            foreach (SnappyTexts? texts in (ReadOnlySpan<SnappyTexts?>)[SnappyTails.Instance, SnappyParts.Find(piece, ends, at)])
            {
                if (texts is not null && Sample(texts, page, ends, at) is var bytes && bytes <= enough)
                {
                    _texts = texts;
                    enough = stored = bytes;
                }
            }
        }
        return (double)stored / Math.Max(piece.Length, 1);
    }

    /// <summary>Bytes that the piece from <paramref name="at"/> on takes behind what comes before it, of which these copy as far as they reach.</summary>
    private int Sample(SnappyTexts texts, ReadOnlySpan<byte> page, ReadOnlySpan<int> ends, int at)
    {
        int before = Math.Max(at - SnappyTexts.Reach, 0);
        return store.Measure(texts, page[before..], ends, before) - store.Measure(texts, page[before..at], ends, before);
    }

    /// <summary>Appends a page behind its header (parquet.thrift, PageHeader); <paramref name="kindField"/> is the field that describes its kind.</summary>
    private void Append(PageType type, int plainLength, ReadOnlyMemory<byte> stored, int kindField, int count, PageEncoding encoding)
    {
        var header = new ThriftWriter();
        header.Int(1, (int)type);
        header.Int(2, plainLength);
        header.Int(3, stored.Length);
        header.Begin(kindField);
        header.Int(1, count);
        header.Int(2, (int)encoding);
        if (type == PageType.Data)
        {
            header.Int(3, (int)PageEncoding.Rle);
            header.Int(4, (int)PageEncoding.Rle);
        }
        header.End();
        header.End();
        part.Append(header.Written);
        part.Append(stored);
        Chunk.UncompressedBytes += header.Written.Length + plainLength;
        Chunk.StoredBytes += header.Written.Length + stored.Length;
    }
}
