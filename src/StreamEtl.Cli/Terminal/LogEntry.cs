using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Terminal;

/// <summary>One message of the log, free of secrets, in either form.</summary>
/// <param name="Component">Who speaks.</param>
/// <param name="Level">How grave it is.</param>
/// <param name="Message">What is said.</param>
/// <param name="Attributes">What else is known, named.</param>
internal sealed record LogEntry(string Component, LogLevel Level, string Message, IReadOnlyList<(string Name, string Value)> Attributes)
{
    private const int LongestPart = 4000;
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly DateTime _time = DateTime.UtcNow;

    /// <summary><c>time - component - level - message</c>, with the attributes behind it: one line, whatever the message holds.</summary>
    public string ToLine()
    {
        var line = new StringBuilder();
        line.Append(_time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        line.Append(" - ").Append(Safe(Component)).Append(" - ").Append(LevelName).Append(" - ").Append(Safe(Message));
        foreach ((string name, string value) in Attributes)
        {
            line.Append(" [").Append(name).Append(": ").Append(Safe(value)).Append(']');
        }
        return line.ToString();
    }

    /// <summary>One JSON object, fields named as in OpenTelemetry's log data model.</summary>
    public string ToJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("Timestamp", _time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
            writer.WriteString("SeverityText", SeverityName);
            writer.WriteNumber("SeverityNumber", (int)Level);
            writer.WriteString("Body", Message);
            writer.WriteStartObject("Resource");
            writer.WriteString("service.name", "streametl");
            writer.WriteString("service.version", EngineVersion.Number);
            writer.WriteEndObject();
            writer.WriteStartObject("InstrumentationScope");
            writer.WriteString("Name", Component);
            writer.WriteEndObject();
            writer.WriteStartObject(nameof(Attributes));
            foreach ((string name, string value) in Attributes)
            {
                writer.WriteString(name, value);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Data in a message may be of any length and hold any character.</summary>
    public static string Safe(string text) =>
        TerminalText.Escape(text.Length <= LongestPart ? text : string.Concat(text.AsSpan(0, LongestPart), "…"));

    /// <summary>The names that users of Python's logging know.</summary>
    private string LevelName => Level == LogLevel.Warn ? "WARNING" : Level.ToString().ToUpperInvariant();

    /// <summary>The names of OpenTelemetry.</summary>
    private string SeverityName => Level == LogLevel.Critical ? "FATAL" : Level.ToString().ToUpperInvariant();
}
