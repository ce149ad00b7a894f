using StreamEtl.Errors;

namespace StreamEtl.Connectors.Configuration;

/// <summary>Something that a config file has wrong.</summary>
/// <param name="Place">File, line and column.</param>
/// <param name="Entry">The entry, such as <c>tables[2].key</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong with it. Never holds the value of an environment variable.</param>
/// <param name="Hint">How to mend it, or null.</param>
public sealed record ConfigProblem(ConfigPlace Place, string Entry, string Message, string? Hint = null)
{
    /// <summary>The problem as the error that ends the command (<see cref="ErrorKind.Usage"/>).</summary>
    public StreamEtlException ToException() => new(ErrorKind.Usage, Text, new RecordPosition(Place.File, Place.Line, -1), Hint);

    /// <summary>Entry and message in one line.</summary>
    public string Text => Entry.Length == 0 ? Message : $"{Entry}: {Message}";
}
