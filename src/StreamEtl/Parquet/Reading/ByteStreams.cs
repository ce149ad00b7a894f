namespace StreamEtl.Parquet.Reading;

/// <summary>BYTE_STREAM_SPLIT: byte 0 of all values, then byte 1 of all, and so on (Encodings.md of apache/parquet-format).</summary>
internal static class ByteStreams
{
    /// <summary>Number of values in a page's bytes.</summary>
    public static int Count(int bytes, int width) =>
        bytes % width == 0 ? bytes / width : throw ParquetFault.Damaged("split values do not fill their page evenly");

    /// <summary>Reads numbers of 4 (sign extended) or 8 bytes after <paramref name="skip"/> others.</summary>
    public static void ReadNumbers(ReadOnlySpan<byte> bytes, int width, int skip, Span<long> values)
    {
        int stride = Stride(bytes, width, skip, values.Length);
        values.Clear();
        for (int k = 0; k < width; k++)
        {
            ReadOnlySpan<byte> stream = bytes.Slice((k * stride) + skip, values.Length);
            int shift = 8 * k;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] |= (long)stream[i] << shift;
            }
        }
        if (width == sizeof(int))
        {
            foreach (ref long value in values)
            {
                value = (int)value;
            }
        }
    }

    /// <summary>Puts the bytes of each value together, one value after the other.</summary>
    public static void Join(ReadOnlySpan<byte> bytes, int width, int skip, int count, Span<byte> values)
    {
        int stride = Stride(bytes, width, skip, count);
        for (int k = 0; k < width; k++)
        {
            ReadOnlySpan<byte> stream = bytes.Slice((k * stride) + skip, count);
            for (int i = 0; i < count; i++)
            {
                values[(i * width) + k] = stream[i];
            }
        }
    }

    private static int Stride(ReadOnlySpan<byte> bytes, int width, int skip, int count)
    {
        int stride = Count(bytes.Length, width);
        return (long)skip + count <= stride ? stride : throw ParquetFault.Damaged("values end before all are read");
    }
}
