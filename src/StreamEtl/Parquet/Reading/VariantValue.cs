using StreamEtl.Batches;

namespace StreamEtl.Parquet.Reading;

/// <summary>A VARIANT value, put together from its binary form and from shredded columns. All members null: NULL.</summary>
internal sealed class VariantValue
{
    /// <summary>NULL.</summary>
    public static readonly VariantValue Null = new();

    /// <summary>The column that holds a single value, at <see cref="Index"/>.</summary>
    public Column? Values { get; init; }

    /// <summary>Row of a single value.</summary>
    public int Index { get; init; }

    /// <summary>Items of a list.</summary>
    public List<VariantValue>? Items { get; init; }

    /// <summary>Fields of an object, ordered by name as the format orders them.</summary>
    public SortedDictionary<string, VariantValue>? Fields { get; init; }

    /// <summary>True for NULL.</summary>
    public bool IsNull => Values is null && Items is null && Fields is null;

    /// <summary>Gives the value to a sink.</summary>
    public void Write(SchemaNode node, INestedSink sink)
    {
        if (Values is { } values)
        {
            sink.Value(node, values, Index);
        }
        else if (Items is { } items)
        {
            sink.BeginList();
            foreach (VariantValue item in items)
            {
                item.Write(node, sink);
            }
            sink.EndList();
        }
        else if (Fields is { } fields)
        {
            sink.BeginStruct();
            foreach ((string name, VariantValue field) in fields)
            {
                sink.Field(name);
                field.Write(node, sink);
            }
            sink.EndStruct();
        }
        else
        {
            sink.Null();
        }
    }
}
