using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;

namespace StreamEtl.Connectors.Dynamo;

/// <summary>JSON values as attributes, and back: objects are maps and arrays lists, so that other programs read them as such. What DynamoDB cannot hold so is one text of JSON.</summary>
internal static class DynamoJson
{
    /// <summary>DynamoDB nests 32 deep, and counts the item itself.</summary>
    private const int Deepest = 30;
    private const int MostDigits = 38;

    /// <summary>The members of an object as attributes.</summary>
    public static Dictionary<string, AttributeValue> ToItem(JsonElement value) =>
        value.EnumerateObject().ToDictionary(p => p.Name, p => ToAttribute(p.Value), StringComparer.Ordinal);

    /// <summary>A value as an attribute.</summary>
    public static AttributeValue ToAttribute(JsonElement value) =>
        Fits(value, 1) ? Convert(value) : new AttributeValue { S = value.GetRawText() };

    /// <summary>The attributes as one JSON object. Texts are texts, but for those of the attributes <paramref name="values"/>, which are JSON.</summary>
    public static byte[] ToJson(Dictionary<string, AttributeValue> item, params ReadOnlySpan<string> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach ((string name, AttributeValue value) in item)
            {
                writer.WritePropertyName(name);
                if (value.S is { } json && values.Contains(name))
                {
                    writer.WriteRawValue(json);
                }
                else
                {
                    Write(writer, value);
                }
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The members of an object as attributes for other programs to read, and not to be turned back: of what DynamoDB cannot hold, each value by itself is text.
    /// </summary>
    public static Dictionary<string, AttributeValue> ToReadableItem(JsonElement value)
    {
        var item = new Dictionary<string, AttributeValue>(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            // Columns may have one name: the last one stays.
            item[member.Name] = ToReadable(member.Value);
        }
        return item;
    }

    /// <summary>A value as <see cref="ToReadableItem"/> makes an attribute of it.</summary>
    public static AttributeValue ToReadable(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object when value.EnumerateObject().All(p => p.Name.Length > 0) => new AttributeValue
            {
                M = ToReadableItem(value),
                IsMSet = true,
            },
            JsonValueKind.Array => new AttributeValue { L = [.. value.EnumerateArray().Select(ToReadable)], IsLSet = true },
            JsonValueKind.Number when DynamoNumber.Fits(value.GetRawText()) => new AttributeValue { N = value.GetRawText() },
            JsonValueKind.Object or JsonValueKind.Number => new AttributeValue { S = value.GetRawText() },
            _ => Convert(value),
        };

    private static bool Fits(JsonElement value, int depth) =>
        depth <= Deepest
        && value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().All(p => p.Name.Length > 0 && Fits(p.Value, depth + 1)),
            JsonValueKind.Array => value.EnumerateArray().All(item => Fits(item, depth + 1)),
            JsonValueKind.Number => value.GetRawText() is var digits
                && digits.Length <= MostDigits
                && !digits.AsSpan().ContainsAny('e', 'E'),
            _ => true,
        };

    private static AttributeValue Convert(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => new AttributeValue
            {
                M = value.EnumerateObject().ToDictionary(p => p.Name, p => Convert(p.Value), StringComparer.Ordinal),
                IsMSet = true,
            },
            JsonValueKind.Array => new AttributeValue { L = [.. value.EnumerateArray().Select(Convert)], IsLSet = true },
            JsonValueKind.Number => new AttributeValue { N = value.GetRawText() },
            JsonValueKind.True or JsonValueKind.False => new AttributeValue { BOOL = value.GetBoolean() },
            JsonValueKind.String => new AttributeValue { S = value.GetString() },
            _ => new AttributeValue { NULL = true },
        };

    private static void Write(Utf8JsonWriter writer, AttributeValue value)
    {
        if (value.S is { } text)
        {
            writer.WriteStringValue(text);
        }
        else if (value.N is { } number)
        {
            writer.WriteRawValue(number);
        }
        else if (value.BOOL is { } flag)
        {
            writer.WriteBooleanValue(flag);
        }
        else if (value.IsMSet)
        {
            writer.WriteStartObject();
            foreach ((string name, AttributeValue member) in value.M)
            {
                writer.WritePropertyName(name);
                Write(writer, member);
            }
            writer.WriteEndObject();
        }
        else if (value.IsLSet)
        {
            writer.WriteStartArray();
            value.L.ForEach(item => Write(writer, item));
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
