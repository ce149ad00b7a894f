using StreamEtl.Batches;

namespace StreamEtl.Parquet.Reading;

/// <summary>Byte arrays whose lengths are delta-encoded (Encodings.md of apache/parquet-format).</summary>
internal static class DeltaBytes
{
    /// <summary>DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. The views point into the page.</summary>
    public static void ReadLengths(in PageData page, int skip, Span<TextView> views, Scratch scratch)
    {
        var reader = new DeltaReader(page.Bytes, page.ValueStart, page.End);
        Span<long> lengths = scratch.Longs(reader.Count).AsSpan(0, reader.Count);
        reader.Read(lengths);
        if ((long)skip + views.Length > lengths.Length)
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        long position = reader.Position;
        for (int i = 0; i < skip + views.Length; i++)
        {
            long length = lengths[i];
            if ((ulong)length > (ulong)(page.End - position))
            {
                throw ParquetFault.Damaged("a value is longer than its page");
            }
            if (i >= skip)
            {
                views[i - skip] = new TextView((int)position, (int)length);
            }
            position += length;
        }
    }

    /// <summary>DELTA_BYTE_ARRAY: how many bytes each value shares with the one before, then the rest of each as above. The views point into <paramref name="store"/>.</summary>
    public static void ReadPrefixed(in PageData page, int skip, Span<TextView> views, Scratch scratch, ByteStore store)
    {
        var reader = new DeltaReader(page.Bytes, page.ValueStart, page.End);
        int count = reader.Count;
        if ((long)skip + views.Length > count)
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        long[] lengths = scratch.Longs(count * 2);
        Span<long> prefixes = lengths.AsSpan(0, count);
        reader.Read(prefixes);
        var suffixReader = new DeltaReader(page.Bytes, reader.Position, page.End);
        if (suffixReader.Count != count)
        {
            throw ParquetFault.Damaged("delta-encoded prefixes and suffixes differ in number");
        }
        Span<long> suffixes = lengths.AsSpan(count, count);
        suffixReader.Read(suffixes);
        long source = suffixReader.Position;
        int previous = 0;
        int previousLength = 0;
        for (int i = 0; i < skip + views.Length; i++)
        {
            long prefix = prefixes[i];
            long suffix = suffixes[i];
            if ((ulong)prefix > (ulong)previousLength || (ulong)suffix > (ulong)(page.End - source))
            {
                throw ParquetFault.Damaged("a value is longer than its prefix and page allow");
            }
            int length = (int)(prefix + suffix);
            int start = store.Take(length);
            byte[] bytes = store.Bytes;
            bytes.AsSpan(previous, (int)prefix).CopyTo(bytes.AsSpan(start));
            page.Bytes.AsSpan((int)source, (int)suffix).CopyTo(bytes.AsSpan(start + (int)prefix));
            source += suffix;
            previous = start;
            previousLength = length;
            if (i >= skip)
            {
                views[i - skip] = new TextView(start, length);
            }
        }
    }
}
