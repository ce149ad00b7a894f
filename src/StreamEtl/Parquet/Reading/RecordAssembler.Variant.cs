namespace StreamEtl.Parquet.Reading;

/// <summary>Variants: the binary value, typed columns that parts of it were shredded into, or both (VariantShredding.md of apache/parquet-format).</summary>
internal sealed partial class RecordAssembler
{
    private VariantValue ReadVariant(SchemaNode node)
    {
        SchemaNode metadata = node.Children.First(c => c.Name == "metadata");
        int leaf = metadata.FirstLeaf - field.FirstLeaf;
        if (DefinitionOf(metadata) != metadata.MaxDefinition)
        {
            throw ParquetFault.Damaged("a variant has no metadata");
        }
        var decoder = new VariantDecoder(leaves[leaf].Values.Text(_value[leaf]++));
        _entry[leaf]++;
        return ReadShredded(node, decoder) ?? VariantValue.Null;
    }

    /// <summary>The value of a group with <c>value</c> and <c>typed_value</c>; null when both are missing.</summary>
    private VariantValue? ReadShredded(SchemaNode group, VariantDecoder decoder)
    {
        VariantValue? binary = null;
        VariantValue? typed = null;
        foreach (SchemaNode child in group.Children)
        {
            if (child.Name == "metadata" && child.Leaf is not null)
            {
                continue;
            }
            if (DefinitionOf(child) < child.MaxDefinition)
            {
                PassOver(child);
            }
            else if (child.Name == "typed_value")
            {
                typed = ReadTyped(child, decoder);
            }
            else if (child is { Name: "value", Leaf.Type.Kind: Types.ColumnKind.Binary })
            {
                int leaf = child.FirstLeaf - field.FirstLeaf;
                binary = decoder.Decode(leaves[leaf].Values.Text(_value[leaf]++));
                _entry[leaf]++;
            }
            else
            {
                throw ParquetFault.Damaged($"a shredded variant has a field '{child.Name}'");
            }
        }
        if (typed?.Fields is { } fields && binary?.Fields is { } others)
        {
            foreach ((string name, VariantValue value) in others)
            {
                fields.TryAdd(name, value);
            }
        }
        return typed ?? binary;
    }

    private VariantValue ReadTyped(SchemaNode node, VariantDecoder decoder)
    {
        if (node.Leaf is not null)
        {
            int leaf = node.FirstLeaf - field.FirstLeaf;
            _entry[leaf]++;
            return new VariantValue { Values = leaves[leaf].Values, Index = _value[leaf]++ };
        }
        if (node.IsList && node.Children is [{ IsRepeated: true, Children: [var element] } items])
        {
            var list = new List<VariantValue>();
            if (Enter(items))
            {
                do
                {
                    list.Add(ReadField(element, decoder) ?? VariantValue.Null);
                } while (Continues(items));
            }
            return new VariantValue { Items = list };
        }
        var fields = new SortedDictionary<string, VariantValue>(StringComparer.Ordinal);
        foreach (SchemaNode child in node.Children)
        {
            if (ReadField(child, decoder) is { } value)
            {
                fields[child.Name] = value;
            }
        }
        return new VariantValue { Fields = fields };
    }

    private VariantValue? ReadField(SchemaNode group, VariantDecoder decoder)
    {
        if (group.Leaf is not null || group.IsRepeated)
        {
            throw ParquetFault.Damaged($"the shredded field '{group.Name}' of a variant is no group");
        }
        if (DefinitionOf(group) < group.MaxDefinition)
        {
            PassOver(group);
            return null;
        }
        return ReadShredded(group, decoder);
    }
}
