using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Terminal;

/// <summary>
/// Everything that is said on standard error but progress. For people: <c>warning: …</c>, <c>streametl: error: …</c>. With <c>--log-format json</c>: one object
/// a line, fields named as in OpenTelemetry's log data model.
/// </summary>
internal sealed class Messages(TextWriter output, Style style, bool json, bool quiet, bool verbose)
{
    private const string Component = "streametl.cli";
    private const int LongestPart = 4000;
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>True when messages are JSON objects.</summary>
    public bool Json => json;

    /// <summary>What happened, for <c>--verbose</c>: <c>time - component - level - message</c>.</summary>
    public void Log(LogLevel level, string message)
    {
        if (!verbose)
        {
            return;
        }
        if (json)
        {
            WriteJson(level, message, []);
            return;
        }
        string time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        output.WriteLine(style.Dim($"{time} - {Component} - {Name(level)} - {Safe(message)}"));
    }

    /// <summary>A result that a person wants to see; silenced by <c>--quiet</c>.</summary>
    public void Say(string message)
    {
        if (json)
        {
            WriteJson(LogLevel.Info, message, []);
        }
        else if (!quiet)
        {
            output.WriteLine(Safe(message));
        }
    }

    /// <summary>Something the user should know; silenced by <c>--quiet</c>.</summary>
    public void Warn(string message)
    {
        if (json)
        {
            WriteJson(LogLevel.Warn, message, []);
        }
        else if (!quiet)
        {
            output.WriteLine($"{style.Yellow("warning:")} {Safe(message)}");
        }
    }

    /// <summary>Why the run failed: what, where, how to mend it, and for programmers the stack.</summary>
    public void Error(ErrorText error)
    {
        if (json)
        {
            WriteJson(LogLevel.Error, error.What, error.Attributes());
            return;
        }
        StringBuilder text = new();
        text.Append("streametl: ").Append(style.Red("error:")).Append(' ').Append(Safe(error.What)).Append('\n');
        if (error.Where is not null)
        {
            text.Append("  at: ").Append(Safe(error.Where)).Append('\n');
        }
        if (error.Hint is not null)
        {
            text.Append("  hint: ").Append(Safe(error.Hint)).Append('\n');
        }
        if (error.Stack is not null)
        {
            text.Append(style.Dim(error.Stack)).Append('\n');
        }
        output.Write(text.ToString());
    }

    private void WriteJson(LogLevel level, string body, IReadOnlyList<(string Name, string Value)> attributes)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("Timestamp", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
            writer.WriteString("SeverityText", Name(level));
            writer.WriteNumber("SeverityNumber", (int)level);
            writer.WriteString("Body", body);
            writer.WriteStartObject("Resource");
            writer.WriteString("service.name", "streametl");
            writer.WriteString("service.version", ProductVersion.Text);
            writer.WriteEndObject();
            writer.WriteStartObject("InstrumentationScope");
            writer.WriteString("Name", Component);
            writer.WriteEndObject();
            writer.WriteStartObject("Attributes");
            foreach ((string name, string value) in attributes)
            {
                writer.WriteString(name, value);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    /// <summary>Data in a message may be of any length and hold any character.</summary>
    private static string Safe(string text) =>
        TerminalText.Escape(text.Length <= LongestPart ? text : string.Concat(text.AsSpan(0, LongestPart), "…"));

    private static string Name(LogLevel level) => level.ToString().ToUpperInvariant();
}
