using System.Globalization;
using System.Text.Json;

namespace StreamEtl.Connectors.Configuration;

/// <summary>
/// Reads JSON (RFC 8259) into a tree with places. Comments and trailing commas are let pass, since people write config by hand; a name that stands twice in
/// one map is refused, because one of the two would silently lose.
/// </summary>
internal ref struct JsonConfigReader
{
    /// <summary>Deeper is no config file.</summary>
    public const int MaxDepth = 64;

    private readonly string _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private Utf8JsonReader _reader;
    private int _line = 1;
    private int _lineStart;
    private int _counted;

    private JsonConfigReader(ReadOnlySpan<byte> bytes, string file)
    {
        _file = file;
        _bytes = bytes;
        _reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions
            {
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
                MaxDepth = MaxDepth,
            }
        );
    }

    /// <summary>The root of the file.</summary>
    /// <exception cref="ConfigSyntaxException">It is not JSON.</exception>
    public static ConfigNode Read(ReadOnlySpan<byte> bytes, string file)
    {
        var reader = new JsonConfigReader(bytes, file);
        try
        {
            reader._reader.Read();
            ConfigNode root = reader.ReadValue("");
            reader._reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            int line = (int)(e.LineNumber ?? 0) + 1;
            int column = (int)(e.BytePositionInLine ?? 0) + 1;
            string reason = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
            throw new ConfigSyntaxException(new ConfigProblem(new ConfigPlace(file, line, column), "", "this is not JSON: " + reason));
        }
        catch (InvalidOperationException e)
        {
            // The reader says so of text that is not UTF-8, or of half a surrogate pair.
            throw new ConfigSyntaxException(new ConfigProblem(reader.Place(), "", "this is not JSON: " + e.Message));
        }
    }

    private ConfigNode ReadValue(string entry)
    {
        ConfigPlace place = Place();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadMap(entry, place);
            case JsonTokenType.StartArray:
                return ReadList(entry, place);
            case JsonTokenType.String:
                return ConfigNode.OfText(entry, place, _reader.GetString()!);
            case JsonTokenType.Number:
                string text = System.Text.Encoding.UTF8.GetString(_reader.ValueSpan);
                return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                    ? ConfigNode.OfNumber(entry, place, text, number)
                    : throw new ConfigSyntaxException(new ConfigProblem(place, entry, $"the number {text} is too large"));
            case JsonTokenType.True or JsonTokenType.False:
                return ConfigNode.OfBoolean(entry, place, _reader.TokenType == JsonTokenType.True);
            default:
                return ConfigNode.Null(entry, place);
        }
    }

    private ConfigNode ReadMap(string entry, ConfigPlace place)
    {
        var properties = new List<ConfigProperty>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            ConfigPlace namePlace = Place();
            string name = _reader.GetString()!;
            string path = ConfigNode.Under(entry, name);
            if (!names.Add(name))
            {
                throw new ConfigSyntaxException(new ConfigProblem(namePlace, path, "stands here twice", "keep one of them"));
            }
            _reader.Read();
            properties.Add(new ConfigProperty(name, namePlace, ReadValue(path)));
        }
        return ConfigNode.OfMap(entry, place, properties);
    }

    private ConfigNode ReadList(string entry, ConfigPlace place)
    {
        var items = new List<ConfigNode>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(string.Create(CultureInfo.InvariantCulture, $"{entry}[{items.Count}]")));
        }
        return ConfigNode.OfList(entry, place, items);
    }

    /// <summary>Where the token begins. Tokens come in order, so lines are counted once over the file.</summary>
    private ConfigPlace Place()
    {
        int at = (int)_reader.TokenStartIndex;
        for (; _counted < at; _counted++)
        {
            if (_bytes[_counted] == '\n')
            {
                _line++;
                _lineStart = _counted + 1;
            }
        }
        return new ConfigPlace(_file, _line, System.Text.Encoding.UTF8.GetCharCount(_bytes[_lineStart..at]) + 1);
    }
}
