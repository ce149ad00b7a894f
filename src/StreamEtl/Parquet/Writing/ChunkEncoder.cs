using System.Buffers.Binary;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Compression;
using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>One column of a row group to pages: chooses the encoding, cuts pages, compresses, keeps statistics.</summary>
internal sealed class ChunkEncoder(Field field, ParquetWriteOptions options, BufferLease lease, BufferLease scratch)
{
    private const int Plain = 0;
    private const int Rle = 3;
    private const int Delta = 5;
    private const int RleDictionary = 8;
    private const int DataPageType = 0;
    private const int DictionaryPageType = 2;
    private const int MostRowsPerPage = 32_768;

    /// <summary>Compression must save this share of a chunk's first page to be worth undoing on every read.</summary>
    private const double WorthCompressing = 0.95;

    private readonly ByteBuffer _page = new(scratch, 64 << 10);
    private readonly ColumnChunk _chunk = new();
    private EncodedPart _part = null!;
    private bool _codecChosen;

    /// <summary>Encodes the values and appends the pages to the part.</summary>
    public ColumnChunk Encode(ColumnValues values, EncodedPart part)
    {
        _part = part;
        _chunk.Values = values.Rows;
        _chunk.NullCount = values.Rows - values.Present;
        _chunk.Codec = options.Codec;
        if (field.Type.IsVariable)
        {
            EncodeTexts(values);
        }
        else if (field.Type.IsWide)
        {
            WritePages(values, Plain, 16, (first, count) => PlainWide(values.Wide.AsSpan(first, count)));
        }
        else
        {
            EncodeLongs(values);
        }
        return _chunk;
    }

    private void EncodeTexts(ColumnValues values)
    {
        if (values.Present > 0 && TextDictionary.TryBuild(values, scratch) is { } dictionary)
        {
            for (int i = 0; i < dictionary.Count; i++)
            {
                PlainText(dictionary[i]);
            }
            WriteDictionaryPage(dictionary.Count);
            WriteIndexPages(values, dictionary.Indices, dictionary.Width);
            return;
        }
        long bytes = 0;
        foreach (TextView view in values.Views.AsSpan(0, values.Present))
        {
            bytes += view.Length + 4;
        }
        int perValue = (int)Math.Max(bytes / Math.Max(values.Present, 1), 1);
        WritePages(
            values,
            Plain,
            perValue,
            (first, count) =>
            {
                foreach ((int start, int end, byte[] heap) in TextRuns.Of(values, first, count))
                {
                    foreach (TextView view in values.Views.AsSpan(start, end - start))
                    {
                        PlainText(heap.AsSpan(view.Start, view.Length));
                    }
                }
            }
        );
    }

    private void EncodeLongs(ColumnValues values)
    {
        ReadOnlySpan<long> longs = values.Longs.AsSpan(0, values.Present);
        ColumnKind kind = field.Type.Kind;
        if (kind == ColumnKind.Boolean)
        {
            WritePages(values, Plain, 1, (first, count) => PlainBooleans(values.Longs.AsSpan(first, count)));
            return;
        }
        int width = kind == ColumnKind.Date ? 4 : 8;
        bool mayDelta = kind != ColumnKind.Float;
        double deltaBits = mayDelta ? DeltaEncoder.EstimateBits(longs) : double.MaxValue;
        double plainBits = width * 8;
        if (
            longs.Length > 0
            && LongDictionary.TryBuild(longs, scratch) is { } dictionary
            && dictionary.Bytes(longs.Length) < Math.Min(deltaBits, plainBits) / 8 * longs.Length
        )
        {
            PlainLongs(dictionary.Values.AsSpan(0, dictionary.Count), width);
            WriteDictionaryPage(dictionary.Count);
            WriteIndexPages(values, dictionary.Indices, dictionary.Width);
        }
        else if (deltaBits < plainBits)
        {
            WritePages(values, Delta, width, (first, count) => DeltaEncoder.Encode(values.Longs.AsSpan(first, count), _page));
        }
        else
        {
            WritePages(values, Plain, width, (first, count) => PlainLongs(values.Longs.AsSpan(first, count), width));
        }
    }

    private void WriteIndexPages(ColumnValues values, int[] indices, int width)
    {
        WritePages(
            values,
            RleDictionary,
            2,
            (first, count) =>
            {
                _page.Add((byte)width);
                HybridEncoder.Indices(indices.AsSpan(first, count), width, _page);
            }
        );
    }

    private void WriteDictionaryPage(int count)
    {
        _chunk.DictionaryOffset = _part.Length;
        _chunk.Distinct = count;
        WritePage(
            header =>
            {
                header.Begin(7);
                header.Int(1, count);
                header.Int(2, Plain);
                header.End();
            },
            DictionaryPageType
        );
    }

    /// <summary>Cuts the rows into pages; <paramref name="encode"/> writes the values of a range.</summary>
    private void WritePages(ColumnValues values, int encoding, int bytesPerValue, Action<int, int> encode)
    {
        _chunk.Encodings = encoding == RleDictionary ? [Plain, Rle, RleDictionary] : [Rle, encoding];
        _chunk.DataOffset = _part.Length;
        int perPage = Math.Clamp(options.PageBytes / bytesPerValue, 1, MostRowsPerPage);
        int value = 0;
        int row = 0;
        do
        {
            int rows = Math.Min(perPage, values.Rows - row);
            int present = values.CountPresent(row, rows);
            if (field.Nullable)
            {
                HybridEncoder.Levels(values, row, rows, _page);
            }
            encode(value, present);
            Bounds? bounds = Bounds.Of(values, value, present, field.Type);
            long offset = _part.Length;
            WritePage(
                header =>
                {
                    header.Begin(5);
                    header.Int(1, rows);
                    header.Int(2, encoding);
                    header.Int(3, Rle);
                    header.Int(4, Rle);
                    header.End();
                },
                DataPageType
            );
            _chunk.Pages.Add(new DataPage(offset, (int)(_part.Length - offset), row, rows - present, bounds));
            _chunk.Bounds = Bounds.Merge(_chunk.Bounds, bounds, field.Type);
            row += rows;
            value += present;
        } while (row < values.Rows);
    }

    private void WritePage(Action<ThriftWriter> describe, int type)
    {
        ReadOnlySpan<byte> plain = _page.Written.Span;
        byte[] work = scratch.Rent<byte>(Math.Max(PageCodec.MaxCompressedLength(_chunk.Codec, plain.Length), 1));
        int length = PageCodec.Compress(_chunk.Codec, plain, work);
        ReadOnlySpan<byte> body = work.AsSpan(0, length);
        if (!_codecChosen && type == DataPageType && length > plain.Length * WorthCompressing)
        {
            _chunk.Codec = CompressionCodec.Uncompressed;
            body = plain;
        }
        // What the page really takes is known only now; the part keeps no more than that until it is written.
        byte[] stored = lease.Rent<byte>(Math.Max(body.Length, 1));
        body.CopyTo(stored);
        length = body.Length;
        scratch.Release(work);
        _codecChosen = true;
        var header = new ThriftWriter();
        header.Int(1, type);
        header.Int(2, plain.Length);
        header.Int(3, length);
        describe(header);
        header.End();
        _part.Append(header.Written);
        _part.Append(stored.AsMemory(0, length));
        _chunk.UncompressedBytes += header.Written.Length + plain.Length;
        _chunk.StoredBytes += header.Written.Length + length;
        _page.Clear();
    }

    private void PlainText(ReadOnlySpan<byte> text)
    {
        Span<byte> free = _page.Free(text.Length + 4);
        BinaryPrimitives.WriteInt32LittleEndian(free, text.Length);
        text.CopyTo(free[4..]);
        _page.Advance(text.Length + 4);
    }

    private void PlainLongs(ReadOnlySpan<long> values, int width)
    {
        Span<byte> free = _page.Free(values.Length * width);
        if (width == sizeof(long))
        {
            MemoryMarshal.AsBytes(values).CopyTo(free);
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(free[(i * 4)..], (int)values[i]);
            }
        }
        _page.Advance(values.Length * width);
    }

    private void PlainWide(ReadOnlySpan<Int128> values)
    {
        Span<byte> free = _page.Free(values.Length * 16);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt128BigEndian(free[(i * 16)..], values[i]);
        }
        _page.Advance(values.Length * 16);
    }

    private void PlainBooleans(ReadOnlySpan<long> values)
    {
        int bytes = (values.Length + 7) >> 3;
        Span<byte> free = _page.Free(bytes);
        free[..bytes].Clear();
        for (int i = 0; i < values.Length; i++)
        {
            free[i >> 3] |= (byte)((values[i] & 1) << (i & 7));
        }
        _page.Advance(bytes);
    }
}
