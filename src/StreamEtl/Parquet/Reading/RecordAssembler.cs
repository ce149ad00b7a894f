namespace StreamEtl.Parquet.Reading;

/// <summary>
/// Puts the nested values of one field together from the levels of its leaves (S. Melnik et al., "Dremel", VLDB 2010), with the rules for lists and maps of old
/// writers (LogicalTypes.md of apache/parquet-format). Levels that contradict each other are a <see cref="ParquetFault"/>.
/// </summary>
internal sealed partial class RecordAssembler(SchemaNode field, IReadOnlyList<NestedLeaf> leaves, INestedSink sink)
{
    private readonly int[] _entry = new int[leaves.Count];
    private readonly int[] _value = new int[leaves.Count];

    /// <summary>Passes over rows, as many for each leaf as its pages have before the unit: first the rest of a row that an earlier page began.</summary>
    public void Skip(IReadOnlyList<int> rows)
    {
        for (int i = 0; i < leaves.Count; i++)
        {
            NestedLeaf leaf = leaves[i];
            int left = rows[i];
            int entry = 0;
            for (; entry < leaf.Count; entry++)
            {
                if (leaf.Repetition[entry] == 0 && left-- == 0)
                {
                    break;
                }
                _value[i] += leaf.Definition[entry] == leaf.Node.MaxDefinition ? 1 : 0;
            }
            _entry[i] = entry;
        }
    }

    /// <summary>Gives the next row's value to the sink; false, and nothing given, when it is NULL.</summary>
    public bool Next()
    {
        for (int i = 0; i < leaves.Count; i++)
        {
            if (_entry[i] >= leaves[i].Count || leaves[i].Repetition[_entry[i]] != 0)
            {
                throw ParquetFault.Damaged("a column holds fewer rows than its row group, or a row in pieces");
            }
        }
        if (field.IsOptional && DefinitionOf(field) < field.MaxDefinition)
        {
            PassOver(field);
            return false;
        }
        if (field.IsVariant && !field.IsRepeated)
        {
            VariantValue value = ReadVariant(field);
            if (!value.IsNull)
            {
                value.Write(field, sink);
            }
            return !value.IsNull;
        }
        Visit(field, present: true);
        return true;
    }

    /// <summary>True when all entries have been used.</summary>
    public bool IsAtEnd
    {
        get
        {
            for (int i = 0; i < leaves.Count; i++)
            {
                if (_entry[i] != leaves[i].Count)
                {
                    return false;
                }
            }
            return true;
        }
    }

    private void Visit(SchemaNode node, bool present = false)
    {
        if (node.IsRepeated)
        {
            VisitRepeated(node);
        }
        else if (!present && node.IsOptional && DefinitionOf(node) < node.MaxDefinition)
        {
            PassOver(node);
            sink.Null();
        }
        else
        {
            VisitContent(node);
        }
    }

    /// <summary>A repeated field is a list of its own content.</summary>
    private void VisitRepeated(SchemaNode node)
    {
        sink.BeginList();
        if (Enter(node))
        {
            do
            {
                VisitContent(node);
            } while (Continues(node));
        }
        sink.EndList();
    }

    private void VisitContent(SchemaNode node)
    {
        if (node.Leaf is not null)
        {
            int leaf = node.FirstLeaf - field.FirstLeaf;
            if (DefinitionOf(node) != node.MaxDefinition)
            {
                throw Contradiction();
            }
            sink.Value(node, leaves[leaf].Values, _value[leaf]++);
            _entry[leaf]++;
        }
        else if (node.IsVariant)
        {
            ReadVariant(node).Write(node, sink);
        }
        else if (node.IsMap && IsEntries(node))
        {
            VisitMap(node.Children[0]);
        }
        else if (node.IsList && node.Children is [{ IsRepeated: true } items])
        {
            VisitList(node, items);
        }
        else
        {
            sink.BeginStruct();
            foreach (SchemaNode child in node.Children)
            {
                sink.Field(child.Name);
                Visit(child);
            }
            sink.EndStruct();
        }
    }

    /// <summary>Annotated lists have a group between the list and its element, except those of old writers.</summary>
    private void VisitList(SchemaNode list, SchemaNode items)
    {
        bool itemIsElement =
            items.Leaf is not null
            || items.Children.Count != 1
            || items.Children[0].IsRepeated
            || items.Name == "array"
            || items.Name == list.Name + "_tuple";
        if (itemIsElement)
        {
            VisitRepeated(items);
            return;
        }
        sink.BeginList();
        if (Enter(items))
        {
            do
            {
                Visit(items.Children[0]);
            } while (Continues(items));
        }
        sink.EndList();
    }

    private void VisitMap(SchemaNode entries)
    {
        sink.BeginMap(entries.Children[0].Leaf is not null);
        if (Enter(entries))
        {
            do
            {
                sink.MapKey();
                Visit(entries.Children[0]);
                sink.MapValue();
                if (entries.Children.Count == 2)
                {
                    Visit(entries.Children[1]);
                }
                else
                {
                    sink.Null();
                }
                sink.EndEntry();
            } while (Continues(entries));
        }
        sink.EndMap();
    }

    private static bool IsEntries(SchemaNode map) =>
        map.Children is [{ IsRepeated: true, Leaf: null } entries] && entries.Children.Count is 1 or 2 && !entries.Children[0].IsRepeated;

    /// <summary>False, having passed over it, when a repeated field has no items.</summary>
    private bool Enter(SchemaNode node)
    {
        if (DefinitionOf(node) >= node.MaxDefinition)
        {
            return true;
        }
        PassOver(node);
        return false;
    }

    /// <summary>True when another item of the list follows.</summary>
    private bool Continues(SchemaNode node)
    {
        int first = node.FirstLeaf - field.FirstLeaf;
        bool more = HasMore(first, node.MaxRepetition);
        for (int i = first + 1; i < first + node.LeafCount; i++)
        {
            if (HasMore(i, node.MaxRepetition) != more)
            {
                throw Contradiction();
            }
        }
        return more;
    }

    private bool HasMore(int leaf, int repetition)
    {
        int entry = _entry[leaf];
        if (entry >= leaves[leaf].Count)
        {
            return false;
        }
        int level = leaves[leaf].Repetition[entry];
        return level <= repetition ? level == repetition : throw Contradiction();
    }

    private int DefinitionOf(SchemaNode node)
    {
        int leaf = node.FirstLeaf - field.FirstLeaf;
        int entry = _entry[leaf];
        return entry < leaves[leaf].Count ? leaves[leaf].Definition[entry] : throw Contradiction();
    }

    /// <summary>Uses up the one entry that each leaf has for something that is not there.</summary>
    private void PassOver(SchemaNode node)
    {
        int first = node.FirstLeaf - field.FirstLeaf;
        for (int i = first; i < first + node.LeafCount; i++)
        {
            if (_entry[i] >= leaves[i].Count || leaves[i].Definition[_entry[i]] >= node.MaxDefinition)
            {
                throw Contradiction();
            }
            _entry[i]++;
        }
    }

    private static ParquetFault Contradiction() => ParquetFault.Damaged("the levels of a nested column contradict each other");
}
