using System.Text.Json;

namespace StreamEtl.Json;

/// <summary>Reads one record's properties as text: numbers as written, strings unescaped, objects and arrays as their JSON text.</summary>
internal static class JsonRowReader
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Disallow, MaxDepth = 512 };

    /// <summary>Sees one property: its name (UTF-8), the kind of its value, and the value's text (empty for null).</summary>
    public delegate void PropertyVisitor(ReadOnlySpan<byte> name, JsonTokenType kind, ReadOnlySpan<byte> text);

    /// <summary>Reads an object; returns null, or what is wrong with it.</summary>
    public static string? Read(ReadOnlySpan<byte> record, PropertyVisitor visit)
    {
        try
        {
            var reader = new Utf8JsonReader(record, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return "the record is not a JSON object";
            }
            byte[] name = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                name = reader.HasValueSequence || reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan.ToArray();
                reader.Read();
                Show(name, record, ref reader, visit);
            }
            return reader.Read() ? "text follows the JSON object" : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "the JSON is malformed: " + e.Message.Split(" LineNumber")[0];
        }
    }

    private static void Show(byte[] name, ReadOnlySpan<byte> record, ref Utf8JsonReader reader, PropertyVisitor visit)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                visit(name, JsonTokenType.Null, default);
                break;
            case JsonTokenType.String when reader.ValueIsEscaped:
                visit(name, JsonTokenType.String, Unescape(ref reader));
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                int start = (int)reader.TokenStartIndex;
                JsonTokenType kind = reader.TokenType;
                reader.Skip();
                visit(name, kind, record[start..(int)reader.BytesConsumed]);
                break;
            default:
                visit(name, reader.TokenType, reader.ValueSpan);
                break;
        }
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        byte[] buffer = new byte[reader.ValueSpan.Length];
        return buffer[..reader.CopyString(buffer)];
    }
}
