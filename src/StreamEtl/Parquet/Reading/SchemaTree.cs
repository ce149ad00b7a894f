using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Builds the tree of fields from the footer's list.</summary>
internal sealed class SchemaTree
{
    private const int MaxDepth = 64;
    private readonly List<SchemaElement> _elements;
    private int _next = 1;

    private SchemaTree(List<SchemaElement> elements) => _elements = elements;

    /// <summary>The fields of a row.</summary>
    public List<SchemaNode> Fields { get; } = [];

    /// <summary>All leaves in schema order, which is the order of column chunks.</summary>
    public List<SchemaNode> Leaves { get; } = [];

    /// <summary>Builds and checks the tree; a <see cref="ParquetFault"/> when it is no tree.</summary>
    public static SchemaTree Build(List<SchemaElement> elements)
    {
        var tree = new SchemaTree(elements);
        SchemaElement root = elements[0];
        if (root.Children <= 0 || root.Type is not null)
        {
            throw ParquetFault.Damaged("the schema has no columns");
        }
        for (int i = 0; i < root.Children; i++)
        {
            tree.Fields.Add(tree.Read(0, 0, 1));
        }
        if (tree._next != elements.Count)
        {
            throw ParquetFault.Damaged("the schema lists more fields than its groups hold");
        }
        return tree;
    }

    private SchemaNode Read(int definition, int repetition, int depth)
    {
        if (_next >= _elements.Count)
        {
            throw ParquetFault.Damaged("the schema ends inside a group");
        }
        SchemaElement element = _elements[_next++];
        if (depth > MaxDepth)
        {
            throw ParquetFault.Unsupported("the schema nests too deeply");
        }
        switch (element.Repetition)
        {
            case Repetition.Required:
                break;
            case Repetition.Optional:
                definition++;
                break;
            case Repetition.Repeated:
                definition++;
                repetition++;
                break;
            default:
                throw ParquetFault.Damaged($"field '{element.Name}' does not say how often it occurs");
        }
        bool isGroup = element.Type is null;
        var node = new SchemaNode
        {
            Element = element,
            MaxDefinition = definition,
            MaxRepetition = repetition,
            Leaf = isGroup ? null : LeafType.Of(element),
            FirstLeaf = Leaves.Count,
        };
        if (!isGroup)
        {
            Leaves.Add(node);
        }
        else if (element.Children <= 0)
        {
            throw element.Children < 0
                ? ParquetFault.Damaged($"field '{element.Name}' has neither a type nor fields")
                : ParquetFault.Unsupported($"field '{element.Name}' is a group without fields");
        }
        else
        {
            for (int i = 0; i < element.Children; i++)
            {
                node.Children.Add(Read(definition, repetition, depth + 1));
            }
        }
        node.LeafCount = Leaves.Count - node.FirstLeaf;
        return node;
    }
}
