using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>A data page, decompressed: where its levels and values are in an array with slack.</summary>
/// <param name="Bytes">The array.</param>
/// <param name="RepetitionStart">First byte of repetition levels.</param>
/// <param name="DefinitionStart">Where the repetition levels end.</param>
/// <param name="DefinitionLevels">First byte of definition levels.</param>
/// <param name="ValueStart">First byte of values, where the definition levels end.</param>
/// <param name="End">End of the values.</param>
internal readonly record struct PageData(
    byte[] Bytes,
    int RepetitionStart,
    int DefinitionStart,
    int DefinitionLevels,
    int ValueStart,
    int End
)
{
    /// <summary>Splits a decompressed page from <paramref name="start"/> on.</summary>
    public static PageData Split(byte[] bytes, int start, PageHeader header, SchemaNode leaf)
    {
        if (header.Type == PageType.Data)
        {
            return SplitV1(bytes, start, start + header.UncompressedBytes, header, leaf);
        }
        int definition = start + header.RepetitionBytes;
        return new PageData(bytes, start, definition, definition, definition + header.DefinitionBytes, start + header.UncompressedBytes);
    }

    /// <summary>Splits a decompressed page of version 1 from <paramref name="start"/> on: each kind of level stands behind its length.</summary>
    public static PageData SplitV1(byte[] bytes, int start, int end, PageHeader header, SchemaNode leaf)
    {
        int repetition = start;
        int definition = start;
        int values = start;
        if (leaf.MaxRepetition > 0)
        {
            (repetition, definition) = Levels(bytes, start, end, header.RepetitionEncoding, leaf.MaxRepetition, header.ValueCount);
            values = definition;
        }
        int levels = definition;
        if (leaf.MaxDefinition > 0)
        {
            (levels, values) = Levels(bytes, definition, end, header.DefinitionEncoding, leaf.MaxDefinition, header.ValueCount);
        }
        return new PageData(bytes, repetition, definition, levels, values, end);
    }

    private static (int Start, int End) Levels(byte[] bytes, int start, int end, PageEncoding encoding, int maximum, int count)
    {
        long length;
        if (encoding == PageEncoding.BitPacked)
        {
            length = BitUnpacker.ByteCount(count, LevelReader.WidthOf(maximum));
        }
        else if (encoding != PageEncoding.Rle)
        {
            throw ParquetFault.Damaged($"levels have the encoding {encoding}");
        }
        else if (end - start < sizeof(int))
        {
            throw ParquetFault.Damaged("a page ends inside its levels");
        }
        else
        {
            length = BitConverter.ToInt32(bytes, start);
            start += sizeof(int);
        }
        if (length < 0 || length > end - start)
        {
            throw ParquetFault.Damaged("the levels of a page are longer than the page");
        }
        return (start, start + (int)length);
    }
}
