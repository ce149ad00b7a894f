using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>As <see cref="LongDictionary"/>, for texts: values stay where they are.</summary>
internal sealed class TextDictionary
{
    private readonly TextView[] _views;
    private readonly byte[][] _heaps;

    internal TextDictionary(TextView[] views, byte[][] heaps, int count, int[] indices)
    {
        _views = views;
        _heaps = heaps;
        Count = count;
        Indices = indices;
    }

    /// <summary>Distinct values.</summary>
    public int Count { get; }

    /// <summary>For each value of the column, its number.</summary>
    public int[] Indices { get; }

    /// <summary>Bits of an index.</summary>
    public int Width => HybridEncoder.Width(Count - 1);

    /// <summary>Where a distinct value stands.</summary>
    public (byte[] Heap, TextView View) At(int number) => (_heaps[number], _views[number]);

    /// <summary>Builds a dictionary, or null when it does not pay.</summary>
    public static TextDictionary? TryBuild(ColumnValues column, BufferLease lease)
    {
        var builder = new TextDictionaryBuilder(column.Present, lease);
        foreach ((int start, int end, byte[] heap) in TextRuns.Of(column, 0, column.Present))
        {
            if (!builder.Add(column.Views.AsSpan(start, end - start), heap))
            {
                return null;
            }
        }
        return builder.Build();
    }
}
