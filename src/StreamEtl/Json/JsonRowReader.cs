using System.Text.Json;

namespace StreamEtl.Json;

/// <summary>Reads records' properties as text, where they stand: numbers as written, strings unescaped, objects and arrays as their JSON text. For one thread.</summary>
internal sealed class JsonRowReader
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Disallow, MaxDepth = 512 };

    private byte[] _unescaped = new byte[256];

    /// <summary>
    /// Shows the properties of an object to a visitor; returns null, or what is wrong with the record, of which some properties may have been shown then. A string that has escapes is written
    /// over by its shorter self, so a record is read once.
    /// </summary>
    public string? Read<TVisitor>(byte[] bytes, JsonRecord record, ref TVisitor visitor)
        where TVisitor : struct, IJsonVisitor
    {
        try
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(record.Start, record.Length), Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return "the record is not a JSON object";
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadOnlySpan<byte> name = reader.ValueIsEscaped ? Unescape(ref reader).ToArray() : reader.ValueSpan;
                reader.Read();
                int start = record.Start + (int)reader.TokenStartIndex;
                JsonTokenType kind = reader.TokenType;
                switch (kind)
                {
                    case JsonTokenType.Null:
                        visitor.Visit(name, kind, start, 0);
                        break;
                    case JsonTokenType.String when reader.ValueIsEscaped:
                        ReadOnlySpan<byte> text = Unescape(ref reader);
                        text.CopyTo(bytes.AsSpan(start + 1));
                        visitor.Visit(name, kind, start + 1, text.Length);
                        break;
                    case JsonTokenType.String:
                        visitor.Visit(name, kind, start + 1, reader.ValueSpan.Length);
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        reader.Skip();
                        visitor.Visit(name, kind, start, record.Start + (int)reader.BytesConsumed - start);
                        break;
                    default:
                        visitor.Visit(name, kind, start, reader.ValueSpan.Length);
                        break;
                }
            }
            return reader.Read() ? "text follows the JSON object" : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "the JSON is malformed: " + e.Message.Split(" LineNumber")[0];
        }
    }

    private ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader)
    {
        if (_unescaped.Length < reader.ValueSpan.Length)
        {
            _unescaped = new byte[reader.ValueSpan.Length * 2];
        }
        return _unescaped.AsSpan(0, reader.CopyString(_unescaped));
    }
}
