using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// The idempotency key of a journey: the SHA-256, in 64 lower-case hexadecimal digits, of the UTF-8 bytes
/// <code>
/// streametl-journey-1 LF job LF parameters
/// </code>
/// where the parameters are one JSON object without white space whose names, at every depth, are in ordinal order, and <c>LF</c> is one byte 0A. The README beside this file
/// says what the parameters of each job are.
/// </summary>
public static class JourneyKey
{
    private const string Form = "streametl-journey-1";

    /// <summary>The key of a job with these parameters, an object.</summary>
    public static string Of(string job, JsonElement parameters)
    {
        ArgumentNullException.ThrowIfNull(job);
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(System.Text.Encoding.UTF8.GetBytes($"{Form}\n{job}\n"));
        buffer.Write(Canonical(parameters));
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    /// <summary>The bytes of a JSON value that are hashed.</summary>
    public static byte[] Canonical(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, value);
        }
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
