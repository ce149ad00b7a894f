using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace StreamEtl.Connectors.Configuration;

/// <summary>
/// Reads YAML into the tree that JSON gives. Plain scalars mean what the core schema of YAML 1.2 says: <c>no</c> and <c>on</c> are text, <c>012</c> is twelve.
/// Anchors, aliases and merge keys (<c>&lt;&lt;</c>) are followed; tags are not.
/// </summary>
internal sealed class YamlConfigReader
{
    /// <summary>Aliases of aliases grow without end ("billion laughs"); no config file has this many entries.</summary>
    private const int MaxNodes = 100_000;

    private const string MergeKey = "<<";

    private readonly string _file;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, ConfigNode> _anchors = [];
    private int _nodes;

    private YamlConfigReader(TextReader text, string file)
    {
        _file = file;
        _parser = new Parser(text);
    }

    /// <summary>The root of the file's only document.</summary>
    /// <exception cref="ConfigSyntaxException">It is not YAML.</exception>
    public static ConfigNode Read(string text, string file)
    {
        using var input = new StringReader(text);
        var reader = new YamlConfigReader(input, file);
        try
        {
            reader._parser.Consume<StreamStart>();
            if (reader._parser.Accept<StreamEnd>(out StreamEnd? empty))
            {
                return ConfigNode.Null("", reader.Place(empty.Start));
            }
            reader._parser.Consume<DocumentStart>();
            ConfigNode root = reader.ReadNode("", 0);
            reader._parser.Consume<DocumentEnd>();
            if (reader._parser.Accept<DocumentStart>(out DocumentStart? second))
            {
                throw reader.Wrong(second.Start, "", "a second document begins here", "keep one document in the file");
            }
            return root;
        }
        catch (InvalidOperationException)
        {
            // The parser's way of giving up on some flow collections that are not closed.
            throw reader.Wrong(reader._parser.Current?.End ?? Mark.Empty, "", "this is not YAML", "is a bracket or a quote not closed?");
        }
        catch (YamlException e)
        {
            string reason = e.InnerException?.Message ?? e.Message;
            throw reader.Wrong(
                e.Start,
                "",
                "this is not YAML: " + reason,
                "tabs do not indent; text with ': ', ' #' or a leading {, [, *, & wants quotes"
            );
        }
    }

    private ConfigNode ReadNode(string entry, int depth)
    {
        if (depth > JsonConfigReader.MaxDepth || ++_nodes > MaxNodes)
        {
            throw Wrong(_parser.Current!.Start, entry, "the file is nested too deep, or too large", null);
        }
        switch (_parser.Current)
        {
            case AnchorAlias alias:
                _parser.MoveNext();
                return _anchors.TryGetValue(alias.Value, out ConfigNode? known)
                    ? Copy(known, entry)
                    : throw Wrong(alias.Start, entry, $"no anchor '&{alias.Value}' stands above", null);
            case MappingStart map:
                return Remember(map, ReadMap(map, entry, depth));
            case SequenceStart list:
                return Remember(list, ReadList(list, entry, depth));
            default:
                Scalar scalar = _parser.Consume<Scalar>();
                RefuseTag(scalar, entry);
                return Remember(scalar, ReadScalar(scalar, entry));
        }
    }

    private ConfigNode ReadMap(MappingStart start, string entry, int depth)
    {
        RefuseTag(start, entry);
        _parser.MoveNext();
        var properties = new List<ConfigProperty>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var merged = new List<ConfigNode>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out Scalar? key))
            {
                throw Wrong(_parser.Current!.Start, entry, "the name of an entry must be plain text", null);
            }
            string path = ConfigNode.Under(entry, key.Value);
            if (!names.Add(key.Value))
            {
                throw Wrong(key.Start, path, "stands here twice", "keep one of them");
            }
            ConfigNode value = ReadNode(path, depth + 1);
            if (key is { Value: MergeKey, Style: ScalarStyle.Plain })
            {
                merged.AddRange(value.Kind == ConfigNodeKind.List ? value.Items : [value]);
                continue;
            }
            properties.Add(new ConfigProperty(key.Value, Place(key.Start), value));
        }
        foreach (ConfigNode source in merged)
        {
            if (source.Kind != ConfigNodeKind.Map)
            {
                throw new ConfigSyntaxException(source.Problem("only named entries can be merged"));
            }
            // What stands here, or in an earlier source, wins.
            properties.AddRange(
                source
                    .Properties.Where(p => names.Add(p.Name))
                    .Select(p => p with { Value = Copy(p.Value, ConfigNode.Under(entry, p.Name)) })
            );
        }
        return ConfigNode.OfMap(entry, Place(start.Start), properties);
    }

    private ConfigNode ReadList(SequenceStart start, string entry, int depth)
    {
        RefuseTag(start, entry);
        _parser.MoveNext();
        var items = new List<ConfigNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(Item(entry, items.Count), depth + 1));
        }
        return ConfigNode.OfList(entry, Place(start.Start), items);
    }

    private ConfigNode ReadScalar(Scalar scalar, string entry)
    {
        ConfigPlace place = Place(scalar.Start);
        if (scalar.Style != ScalarStyle.Plain)
        {
            return ConfigNode.OfText(entry, place, scalar.Value);
        }
        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => ConfigNode.Null(entry, place),
            "true" or "True" or "TRUE" => ConfigNode.OfBoolean(entry, place, value: true),
            "false" or "False" or "FALSE" => ConfigNode.OfBoolean(entry, place, value: false),
            var text when IsNumber(text, out decimal number) => ConfigNode.OfNumber(entry, place, text, number),
            var text => ConfigNode.OfText(entry, place, text),
        };
    }

    /// <summary>Section 10.3.2 of YAML 1.2.2, but for infinity and NaN, which no entry takes.</summary>
    private static bool IsNumber(string text, out decimal number)
    {
        number = 0;
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            bool hex = long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value);
            number = value;
            return hex;
        }
        return text.Any(char.IsAsciiDigit)
            && text.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E')
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private ConfigNode Remember(NodeEvent start, ConfigNode node)
    {
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }
        return node;
    }

    /// <summary>A value under another path; its place stays where it is written.</summary>
    private ConfigNode Copy(ConfigNode node, string entry)
    {
        if (++_nodes > MaxNodes)
        {
            throw new ConfigSyntaxException(node.Problem("aliases make the file too large"));
        }
        return node.Kind switch
        {
            ConfigNodeKind.Null => ConfigNode.Null(entry, node.Place),
            ConfigNodeKind.Boolean => ConfigNode.OfBoolean(entry, node.Place, node.Boolean),
            ConfigNodeKind.Number => ConfigNode.OfNumber(entry, node.Place, node.Written, node.Number),
            ConfigNodeKind.Text => ConfigNode.OfText(entry, node.Place, node.Written),
            ConfigNodeKind.List => ConfigNode.OfList(entry, node.Place, [.. node.Items.Select((n, i) => Copy(n, Item(entry, i)))]),
            _ => ConfigNode.OfMap(
                entry,
                node.Place,
                [.. node.Properties.Select(p => p with { Value = Copy(p.Value, ConfigNode.Under(entry, p.Name)) })]
            ),
        };
    }

    private void RefuseTag(NodeEvent node, string entry)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
        {
            throw Wrong(node.Start, entry, "tags are not understood", "leave it out; text that looks like a number stands in quotes");
        }
    }

    private static string Item(string entry, int index) => string.Create(CultureInfo.InvariantCulture, $"{entry}[{index}]");

    private ConfigPlace Place(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);

    private ConfigSyntaxException Wrong(Mark mark, string entry, string message, string? hint) =>
        new(new ConfigProblem(Place(mark), entry, message, hint));
}
