using System.Text;

namespace StreamEtl.Cli.Terminal;

/// <summary>
/// Everything that is said on standard error but progress. For people: <c>warning: …</c>, <c>streametl: error: …</c>; as log lines; or with
/// <c>--log-format json</c> as one object a line. Thread-safe. Secrets are masked here, once for every form and for the log file.
/// </summary>
/// <param name="open">Opens standard error, when there is something to say.</param>
/// <param name="style">Colours.</param>
/// <param name="rules">Who hears what, and in which form.</param>
internal sealed class Messages(Func<TextWriter> open, Lazy<Style> style, LogRules rules)
{
    /// <summary>True when messages are JSON objects.</summary>
    public bool Json => rules.Form == LogForm.Json;

    /// <summary>The same voice for another component.</summary>
    public Messages For(string component) => With(r => r with { Component = component });

    /// <summary>The same voice under other rules.</summary>
    public Messages With(Func<LogRules, LogRules> change) => new(open, style, change(rules));

    /// <summary>False when what is logged reaches nobody, and need not be put into words.</summary>
    public bool Logs => rules.File is not null || rules.Form != LogForm.People || rules.Verbose;

    /// <summary>What happened, for whoever reads logs.</summary>
    public void Log(LogLevel level, string message)
    {
        LogEntry entry = Entry(level, message, []);
        Write(
            entry,
            rules.Form != LogForm.People ? null
                : rules.Verbose ? style.Value.Dim(entry.ToLine())
                : "",
            rules.Form == LogForm.Json && !rules.Verbose
        );
    }

    /// <summary>A result that a person wants to see; silenced by <c>--quiet</c>.</summary>
    public void Say(string message)
    {
        LogEntry entry = Entry(LogLevel.Info, message, []);
        Write(
            entry,
            rules.Form != LogForm.People ? null
                : rules.Quiet ? ""
                : LogEntry.Safe(entry.Message)
        );
    }

    /// <summary>Something the user should know; silenced by <c>--quiet</c>.</summary>
    public void Warn(string message)
    {
        LogEntry entry = Entry(LogLevel.Warn, message, []);
        Write(
            entry,
            rules.Form != LogForm.People ? null
                : rules.Quiet ? ""
                : $"{style.Value.Yellow("warning:")} {LogEntry.Safe(entry.Message)}"
        );
    }

    /// <summary>Why the run failed: what, where, how to mend it, and for programmers the stack.</summary>
    public void Error(ErrorText error)
    {
        LogLevel level = error.IsFault ? LogLevel.Critical : LogLevel.Error;
        LogEntry entry = Entry(level, error.What, error.Attributes());
        Write(entry, rules.Form == LogForm.People ? ForPeople(error) : null);
    }

    /// <summary>To the log file, and to standard error in its form.</summary>
    /// <param name="entry">The message.</param>
    /// <param name="people">What a person sees instead of a log entry; empty for nothing, null when the entry itself is shown.</param>
    /// <param name="fileOnly">Standard error is spared.</param>
    private void Write(LogEntry entry, string? people, bool fileOnly = false)
    {
        if (entry.Level >= rules.Level)
        {
            rules.File?.Write(entry);
        }
        if (fileOnly || people?.Length == 0 || (people is null && entry.Level < rules.Level))
        {
            return;
        }
        string text = people ?? (rules.Form == LogForm.Json ? entry.ToJson() : entry.ToLine());
        TextWriter output = open();
        lock (output)
        {
            output.WriteLine(text);
        }
    }

    private string ForPeople(ErrorText error)
    {
        StringBuilder text = new();
        text.Append("streametl: ").Append(style.Value.Red("error:")).Append(' ').Append(LogEntry.Safe(Masked(error.What)));
        if (error.Where is not null)
        {
            text.Append("\n  at: ").Append(LogEntry.Safe(Masked(error.Where)));
        }
        if (error.Hint is not null)
        {
            text.Append("\n  hint: ").Append(LogEntry.Safe(Masked(error.Hint)));
        }
        if (error.Stack is not null)
        {
            text.Append('\n').Append(style.Value.Dim(Masked(error.Stack)));
        }
        return text.ToString();
    }

    private LogEntry Entry(LogLevel level, string message, IReadOnlyList<(string Name, string Value)> attributes) =>
        new(rules.Component, level, Masked(message), attributes.Count == 0 ? [] : [.. attributes.Select(a => (a.Name, Masked(a.Value)))]);

    private string Masked(string text) => rules.Mask?.Invoke(text) ?? text;
}
