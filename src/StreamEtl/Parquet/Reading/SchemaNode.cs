using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>A field of the schema tree with the levels that mark its presence (S. Melnik et al., "Dremel", VLDB 2010).</summary>
internal sealed class SchemaNode
{
    /// <summary>The field as stored.</summary>
    public required SchemaElement Element { get; init; }

    /// <summary>Definition level of a value that is there.</summary>
    public required int MaxDefinition { get; init; }

    /// <summary>Repetition level of a further item of the innermost list around or at this field.</summary>
    public required int MaxRepetition { get; init; }

    /// <summary>Fields of a group; empty for leaves.</summary>
    public List<SchemaNode> Children { get; } = [];

    /// <summary>Index of the first leaf at or under this node.</summary>
    public int FirstLeaf { get; set; }

    /// <summary>Number of leaves at or under this node.</summary>
    public int LeafCount { get; set; }

    /// <summary>How values are stored and what they mean; null for groups.</summary>
    public LeafType? Leaf { get; init; }

    /// <summary>Field name.</summary>
    public string Name => Element.Name;

    /// <summary>True for a repeated field.</summary>
    public bool IsRepeated => Element.Repetition == Repetition.Repeated;

    /// <summary>True where NULL may stand.</summary>
    public bool IsOptional => Element.Repetition == Repetition.Optional;

    /// <summary>True for a list in either annotation.</summary>
    public bool IsList =>
        Element.Logical == LogicalKind.List || (Element.Logical == LogicalKind.None && Element.Converted == ConvertedType.List);

    /// <summary>True for a map in any annotation; some writers put the annotation of the entries on the map.</summary>
    public bool IsMap =>
        Element.Logical == LogicalKind.Map
        || (Element.Logical == LogicalKind.None && Element.Converted is ConvertedType.Map or ConvertedType.MapKeyValue);

    /// <summary>True for a VARIANT: by its annotation, or by the two fields that every variant has and few structs.</summary>
    public bool IsVariant =>
        Children.Count is 2 or 3
        && IsBinary("metadata")
        && IsBinary("value")
        && (
            Element.Logical == LogicalKind.Variant
            || (Element.Logical == LogicalKind.None && Children.All(c => c.Name is "metadata" or "value" or "typed_value"))
        );

    private bool IsBinary(string field) =>
        Children.Exists(c => c.Name == field && c.Leaf is { Type.Kind: Types.ColumnKind.Binary } && !c.IsRepeated);
}
