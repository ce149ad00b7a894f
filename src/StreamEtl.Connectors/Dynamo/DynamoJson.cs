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

    /// <summary>Bytes that a value takes of an item's 400 KB, by DynamoDB's rules (Developer Guide, "DynamoDB item sizes and formats"), rounded up.</summary>
    public static long SizeOf(AttributeValue value) =>
        1
        + (
            value.S is { } text ? System.Text.Encoding.UTF8.GetByteCount(text)
            : value.N is { } number ? (number.Length / 2) + 3
            : value.IsMSet ? 3 + value.M.Sum(p => System.Text.Encoding.UTF8.GetByteCount(p.Key) + SizeOf(p.Value))
            : value.IsLSet ? 3 + value.L.Sum(SizeOf)
            : 1
        );

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
