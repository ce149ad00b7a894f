namespace StreamEtl.Errors;

/// <summary>The one exception type that reaches users: what happened, where, and how to fix it.</summary>
public sealed class StreamEtlException : Exception
{
    /// <summary>Creates an error. <paramref name="message"/> says what; <paramref name="hint"/> says how to fix it, when we know.</summary>
    public StreamEtlException(
        ErrorKind kind,
        string message,
        RecordPosition? position = null,
        string? hint = null,
        Exception? innerException = null
    )
        : base(Compose(message, position, hint), innerException)
    {
        Kind = kind;
        Position = position;
        Hint = hint;
        Reason = message;
    }

    /// <summary>The kind, stable across versions.</summary>
    public ErrorKind Kind { get; }

    /// <summary>Where, when the error belongs to a place in an input.</summary>
    public RecordPosition? Position { get; }

    /// <summary>What the user can do about it.</summary>
    public string? Hint { get; }

    /// <summary>The message without position and hint.</summary>
    public string Reason { get; }

    private static string Compose(string message, RecordPosition? position, string? hint)
    {
        string text = position is { } p ? $"{p}: {message}" : message;
        return hint is null ? text : $"{text}\n  hint: {hint}";
    }
}
