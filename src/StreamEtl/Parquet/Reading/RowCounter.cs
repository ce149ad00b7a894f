using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Counts the rows that begin in a page of a nested column, which only its levels tell.</summary>
internal static class RowCounter
{
    /// <summary>Rows that begin in the page with this payload.</summary>
    public static int Count(ReadOnlySpan<byte> payload, PageHeader header, ChunkInfo chunk, SchemaNode leaf)
    {
        PagePayload.CheckRatio(chunk.Codec, header.CompressedBytes, header.UncompressedBytes);
        byte[] page;
        int start;
        int end;
        if (header.Type == PageType.DataV2)
        {
            page = new byte[header.RepetitionBytes + BitUnpacker.Slack];
            payload[..header.RepetitionBytes].CopyTo(page);
            (start, end) = (0, header.RepetitionBytes);
        }
        else
        {
            page = new byte[header.UncompressedBytes + BitUnpacker.Slack];
            PagePayload.Decompress(header, chunk.Codec, payload, page.AsSpan(0, header.UncompressedBytes));
            var data = PageData.SplitV1(page, 0, header.UncompressedBytes, header, leaf);
            (start, end) = (data.RepetitionStart, data.DefinitionStart);
        }
        const int Chunk = 1 << 16;
        if (header.Type == PageType.Data && header.RepetitionEncoding == PageEncoding.BitPacked)
        {
            byte[] levels = new byte[header.ValueCount];
            LevelReader.Read(page, start, end, PageEncoding.BitPacked, leaf.MaxRepetition, levels);
            return levels.AsSpan().Count((byte)0);
        }
        var reader = new HybridReader(page, start, end, LevelReader.WidthOf(leaf.MaxRepetition));
        int[] values = new int[Math.Min(Chunk, header.ValueCount)];
        int rows = 0;
        for (int left = header.ValueCount; left > 0; )
        {
            int count = reader.Next(left, out bool isRun, out int value);
            if (isRun)
            {
                rows += value == 0 ? count : 0;
                reader.TakeRun(count);
            }
            else
            {
                count = Math.Min(count, values.Length);
                reader.TakePacked(values.AsSpan(0, count));
                rows += values.AsSpan(0, count).Count(0);
            }
            left -= count;
        }
        return rows;
    }
}
