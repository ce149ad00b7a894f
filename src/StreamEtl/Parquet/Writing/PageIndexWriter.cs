using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>The page index (apache/parquet-format, PageIndex.md; the numbers here are the field ids of parquet.thrift).</summary>
internal static class PageIndexWriter
{
    private const int Unordered = 0;
    private const int Ascending = 1;
    private const int Descending = 2;

    /// <summary>Makes the indexes of a chunk whose row group starts at <paramref name="groupOffset"/>, and forgets the pages: as objects they take ten times as much.</summary>
    public static void Seal(ColumnChunk chunk, ColumnType type, long groupOffset)
    {
        // The column index cannot say that a page has values and no bounds, as one of nothing but NaN has.
        bool hasBounds = chunk.Pages.TrueForAll(p => p.Bounds is not null || p.NullCount == p.Rows);
        chunk.EncodedColumnIndex = hasBounds ? Columns(chunk, type).ToArray() : [];
        chunk.EncodedOffsetIndex = Offsets(chunk, groupOffset).ToArray();
        chunk.Pages = [];
    }

    /// <summary>ColumnIndex: bounds and NULLs by page.</summary>
    private static ReadOnlyMemory<byte> Columns(ColumnChunk chunk, ColumnType type)
    {
        int count = chunk.Pages.Count;
        bool[] isNull = new bool[count];
        byte[][] min = new byte[count][];
        byte[][] max = new byte[count][];
        long[] nullCounts = new long[count];
        for (int p = 0; p < count; p++)
        {
            Bounds? bounds = chunk.Pages[p].Bounds;
            isNull[p] = bounds is null;
            min[p] = bounds?.Min ?? [];
            max[p] = bounds?.Max ?? [];
            nullCounts[p] = chunk.Pages[p].NullCount;
        }
        var thrift = new ThriftWriter();
        thrift.Bools(1, isNull);
        thrift.Binaries(2, min);
        thrift.Binaries(3, max);
        thrift.Int(4, BoundaryOrder(chunk.Pages, type));
        thrift.Longs(5, nullCounts);
        thrift.End();
        return thrift.Written;
    }

    /// <summary>OffsetIndex: where pages are.</summary>
    private static ReadOnlyMemory<byte> Offsets(ColumnChunk chunk, long groupOffset)
    {
        var thrift = new ThriftWriter();
        thrift.Structs(1, chunk.Pages.Count);
        foreach (DataPage page in chunk.Pages)
        {
            thrift.Begin();
            thrift.Long(1, groupOffset + page.Offset);
            thrift.Int(2, page.StoredBytes);
            thrift.Long(3, page.FirstRow);
            thrift.End();
        }
        thrift.End();
        return thrift.Written;
    }

    /// <summary>Lets a reader search pages by bisection when both ends only rise, or only fall.</summary>
    private static int BoundaryOrder(List<DataPage> pages, ColumnType type)
    {
        bool ascending = true;
        bool descending = true;
        Bounds? before = null;
        foreach (DataPage page in pages)
        {
            if (page.Bounds is not { } bounds)
            {
                continue;
            }
            if (before is not null)
            {
                int min = Bounds.Compare(before.Min, bounds.Min, type);
                int max = Bounds.Compare(before.Max, bounds.Max, type);
                ascending &= min <= 0 && max <= 0;
                descending &= min >= 0 && max >= 0;
            }
            before = bounds;
        }
        return ascending ? Ascending
            : descending ? Descending
            : Unordered;
    }
}
