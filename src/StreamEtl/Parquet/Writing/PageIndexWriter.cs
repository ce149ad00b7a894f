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
        var thrift = new ThriftWriter();
        thrift.Bools(1, [.. chunk.Pages.Select(p => p.Bounds is null)]);
        thrift.Binaries(2, [.. chunk.Pages.Select(p => p.Bounds?.Min ?? [])]);
        thrift.Binaries(3, [.. chunk.Pages.Select(p => p.Bounds?.Max ?? [])]);
        thrift.Int(4, BoundaryOrder([.. chunk.Pages.Where(p => p.Bounds is not null).Select(p => p.Bounds!)], type));
        thrift.Longs(5, [.. chunk.Pages.Select(p => (long)p.NullCount)]);
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
    private static int BoundaryOrder(Bounds[] bounds, ColumnType type)
    {
        bool ascending = true;
        bool descending = true;
        for (int i = 1; i < bounds.Length; i++)
        {
            int min = Bounds.Compare(bounds[i - 1].Min, bounds[i].Min, type);
            int max = Bounds.Compare(bounds[i - 1].Max, bounds[i].Max, type);
            ascending &= min <= 0 && max <= 0;
            descending &= min >= 0 && max >= 0;
        }
        return ascending ? Ascending
            : descending ? Descending
            : Unordered;
    }
}
