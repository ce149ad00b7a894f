using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>One column of a row group to pages: chooses the encoding and cuts pages; <see cref="ChunkPages"/> compresses and describes them.</summary>
internal sealed class ChunkEncoder(Field field, ParquetWriteOptions options, BufferLease scratch, ChunkPages pages)
{
    private const int MostRowsPerPage = 32_768;

    /// <summary>Bytes of an index, about: index pages end by their rows.</summary>
    private const int IndexBytes = 2;

    private readonly ByteBuffer _page = new(scratch, 64 << 10);

    /// <summary>Where the texts of the page end, when they lie in it end to end.</summary>
    private ReadOnlyMemory<int> _ends;

    /// <summary>Encodes the values.</summary>
    public ColumnChunk Encode(ColumnValues values)
    {
        if (field.Type.IsVariable)
        {
            EncodeTexts(values);
        }
        else if (field.Type.IsWide)
        {
            WriteNumbers(values, PageEncoding.Plain, 16, (first, count) => PlainEncoder.Wide(values.Wide.AsSpan(first, count), _page));
        }
        else if (field.Type.Kind == ColumnKind.Boolean)
        {
            WriteNumbers(values, PageEncoding.Plain, 1, (first, count) => PlainEncoder.Booleans(values.Longs.AsSpan(first, count), _page));
        }
        else
        {
            EncodeLongs(values, field.Type.Kind == ColumnKind.Date ? 4 : 8);
        }
        return pages.Chunk;
    }

    private void EncodeTexts(ColumnValues values)
    {
        if (values.Present > 0 && TextDictionary.TryBuild(values, scratch) is { } dictionary)
        {
            PlainEncoder.Texts(dictionary, _page);
            WriteDictionary(dictionary.Count);
            WriteIndices(
                values,
                dictionary.Indices,
                dictionary.Width,
                (first, count) => TextBounds.Of(dictionary, dictionary.Indices.AsSpan(first, count), field.Type)
            );
            return;
        }
        var encoder = new DeltaLengthEncoder(_page, scratch);
        WritePages(
            values,
            PageEncoding.DeltaLengthByteArray,
            values.AverageBytes(),
            (first, count) =>
            {
                var range = new TextRange();
                _ends = encoder.Encode(values, first, count, ref range);
                return TextBounds.Cut(range, field.Type);
            }
        );
    }

    private void EncodeLongs(ColumnValues values, int width)
    {
        ReadOnlySpan<long> longs = values.Longs.AsSpan(0, values.Present);
        double plainBits = width * 8;
        double deltaBits = field.Type.Kind == ColumnKind.Float ? double.MaxValue : DeltaEncoder.EstimateBits(longs);
        if (
            longs.Length > 0
            && LongDictionary.TryBuild(longs, scratch) is { } dictionary
            && dictionary.Bytes(longs.Length) < Math.Min(deltaBits, plainBits) / 8 * longs.Length
        )
        {
            PlainEncoder.Longs(dictionary.Values.AsSpan(0, dictionary.Count), width, _page);
            WriteDictionary(dictionary.Count);
            WriteIndices(values, dictionary.Indices, dictionary.Width, (first, count) => Bounds.Of(values, first, count, field.Type));
        }
        else if (deltaBits < plainBits)
        {
            WriteNumbers(
                values,
                PageEncoding.DeltaBinaryPacked,
                width,
                (first, count) => DeltaEncoder.Encode(values.Longs.AsSpan(first, count), width, _page)
            );
        }
        else
        {
            WriteNumbers(
                values,
                PageEncoding.Plain,
                width,
                (first, count) => PlainEncoder.Longs(values.Longs.AsSpan(first, count), width, _page)
            );
        }
    }

    private void WriteDictionary(int count)
    {
        pages.HoldDictionary(_page.Written.Span, count);
        _page.Clear();
    }

    private void WriteIndices(ColumnValues values, int[] indices, int width, Func<int, int, Bounds?> bounds) =>
        WritePages(
            values,
            PageEncoding.RleDictionary,
            IndexBytes,
            (first, count) =>
            {
                _page.Add((byte)width);
                HybridEncoder.Indices(indices.AsSpan(first, count), width, _page);
                return bounds(first, count);
            }
        );

    private void WriteNumbers(ColumnValues values, PageEncoding encoding, int bytesPerValue, Action<int, int> encode) =>
        WritePages(
            values,
            encoding,
            bytesPerValue,
            (first, count) =>
            {
                encode(first, count);
                return Bounds.Of(values, first, count, field.Type);
            }
        );

    /// <summary>Cuts the rows into pages; <paramref name="encode"/> writes the values of a range and tells their bounds.</summary>
    private void WritePages(ColumnValues values, PageEncoding encoding, int bytesPerValue, Func<int, int, Bounds?> encode)
    {
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
            Bounds? bounds = encode(value, present);
            pages.Write(_page.Written.Span, _ends.Span, encoding, row, rows, present, bounds);
            _page.Clear();
            row += rows;
            value += present;
        } while (row < values.Rows);
    }
}
