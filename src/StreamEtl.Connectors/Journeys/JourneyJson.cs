using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// A record as one JSON object under the attribute names that users of <c>journey_control</c> know: what folders hold, <c>journeys show</c> prints, and the DynamoDB store turns into
/// attributes. Times are ISO 8601, UTC; <c>lease</c> is in milliseconds since 1970, as <c>in_progress_expiration</c> of AWS Lambda Powertools is. What is null is left out.
/// </summary>
public static class JourneyJson
{
    private static readonly (JourneyStatus Status, string Name)[] Names =
    [
        (JourneyStatus.Pending, "PENDING"),
        (JourneyStatus.InProgress, "IN_PROGRESS"),
        (JourneyStatus.Completed, "COMPLETED"),
        (JourneyStatus.Failed, "FAILED"),
    ];

    /// <summary>The name of a status: <c>IN_PROGRESS</c>.</summary>
    public static string NameOf(JourneyStatus status) => Names.First(n => n.Status == status).Name;

    /// <summary>The record as UTF-8.</summary>
    public static byte[] Write(JourneyRecord record, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(record);
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            Write(writer, record);
        }
        return buffer.ToArray();
    }

    /// <summary>The record as a value of a greater document.</summary>
    public static void Write(Utf8JsonWriter writer, JourneyRecord record)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(record);
        writer.WriteStartObject();
        writer.WriteString("idempotency_key", record.Key);
        writer.WriteString("status", NameOf(record.Status));
        WriteText(writer, "step", record.Step);
        WriteTime(writer, "started_at", record.StartedAt);
        WriteTime(writer, "completed_at", record.CompletedAt);
        writer.WriteNumber("retry_count", record.RetryCount);
        WriteMetadata(writer, record);
        if (record.Result is { } result)
        {
            writer.WritePropertyName("result");
            result.WriteTo(writer);
        }
        WriteText(writer, "error", record.Error);
        WriteText(writer, "owner", record.Owner);
        if (record.Lease is { } lease)
        {
            writer.WriteNumber("lease", lease.ToUnixTimeMilliseconds());
        }
        writer.WriteNumber("fence", record.Fence);
        writer.WriteNumber("revision", record.Revision);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write(JourneyRecord, bool)"/> wrote; names that it does not know are passed over, so that later versions may add some.</summary>
    /// <param name="json">The document.</param>
    /// <param name="where">Where it is from, for the error.</param>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.DamagedTable"/>: it is no record.</exception>
    public static JourneyRecord Read(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new StreamEtlException(
                ErrorKind.DamagedTable,
                $"this is not the record of a journey: {e.Message}",
                new RecordPosition(where, 0, -1),
                "remove it if nothing else does: a journey without a record begins anew",
                e
            );
        }
    }

    private static JourneyRecord Read(JsonElement root)
    {
        string status = root.GetProperty("status").GetString() ?? "";
        root.TryGetProperty("metadata", out JsonElement metadata);
        return new JourneyRecord
        {
            Key = root.GetProperty("idempotency_key").GetString() ?? "",
            Status = Names.FirstOrDefault(n => n.Name == status) is { Name: not null } named
                ? named.Status
                : throw new FormatException($"'{status}' is not a status"),
            Step = Text(root, "step"),
            StartedAt = Time(root, "started_at"),
            CompletedAt = Time(root, "completed_at"),
            RetryCount = (int)Number(root, "retry_count"),
            Job = Text(metadata, "job") ?? "",
            Parameters = Find(metadata, "parameters")?.Clone() ?? default,
            Command = Find(metadata, "command") is { ValueKind: JsonValueKind.Array } command
                ? [.. command.EnumerateArray().Select(w => w.GetString() ?? "")]
                : null,
            Folder = Text(metadata, "folder"),
            Steps = Find(metadata, "steps") is { ValueKind: JsonValueKind.Array } steps ? [.. steps.EnumerateArray().Select(Step)] : [],
            Result = Find(root, "result")?.Clone(),
            Error = Text(root, "error"),
            Owner = Text(root, "owner"),
            Lease = Find(root, "lease") is { } lease ? DateTimeOffset.FromUnixTimeMilliseconds(lease.GetInt64()) : null,
            Fence = Number(root, "fence"),
            Revision = Number(root, "revision"),
        };
    }

    private static JourneyStep Step(JsonElement step) =>
        new(Text(step, "name") ?? "", Time(step, "completed_at") ?? default, Find(step, "result")?.Clone() ?? default);

    private static void WriteMetadata(Utf8JsonWriter writer, JourneyRecord record)
    {
        writer.WriteStartObject("metadata");
        writer.WriteString("job", record.Job);
        if (record.Parameters.ValueKind != JsonValueKind.Undefined)
        {
            writer.WritePropertyName("parameters");
            record.Parameters.WriteTo(writer);
        }
        if (record.Command is { } command)
        {
            writer.WriteStartArray("command");
            foreach (string word in command)
            {
                writer.WriteStringValue(word);
            }
            writer.WriteEndArray();
        }
        WriteText(writer, "folder", record.Folder);
        writer.WriteStartArray("steps");
        foreach (JourneyStep step in record.Steps)
        {
            writer.WriteStartObject();
            writer.WriteString("name", step.Name);
            WriteTime(writer, "completed_at", step.CompletedAt);
            if (step.Result.ValueKind != JsonValueKind.Undefined)
            {
                writer.WritePropertyName("result");
                step.Result.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } at)
        {
            writer.WriteString(name, at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        }
    }

    private static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement found)
        && found.ValueKind != JsonValueKind.Null
            ? found
            : null;

    private static string? Text(JsonElement element, string name) => Find(element, name)?.GetString();

    private static long Number(JsonElement element, string name) => Find(element, name)?.GetInt64() ?? 0;

    private static DateTimeOffset? Time(JsonElement element, string name) => Find(element, name)?.GetDateTimeOffset();
}
