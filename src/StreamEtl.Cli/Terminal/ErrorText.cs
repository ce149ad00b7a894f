using StreamEtl.Errors;

namespace StreamEtl.Cli.Terminal;

/// <summary>An error in words.</summary>
/// <param name="Kind">Stable name of the kind.</param>
/// <param name="What">What went wrong.</param>
/// <param name="Where">Where in which input, or null.</param>
/// <param name="Hint">How to mend it, or null.</param>
/// <param name="Stack">Where in the program, or null.</param>
internal sealed record ErrorText(ErrorKind Kind, string What, string? Where = null, string? Hint = null, string? Stack = null)
{
    /// <summary>Words an exception. <paramref name="debug"/> adds the stack.</summary>
    public static ErrorText From(Exception exception, bool debug)
    {
        string? stack = debug ? exception.ToString() : null;
        return exception switch
        {
            StreamEtlException e => new ErrorText(e.Kind, e.Reason, e.Position?.ToString(), e.Hint, stack),
            OutOfMemoryException => new ErrorText(
                ErrorKind.MemoryTooSmall,
                "the run needs more memory than --memory allows",
                Hint: "give it more --memory, as far as the machine has it, or use fewer --threads",
                Stack: stack
            ),
            IOException or UnauthorizedAccessException => new ErrorText(ErrorKind.Io, exception.Message, Stack: stack),
            _ => new ErrorText(
                ErrorKind.Internal,
                $"internal error: {exception.Message} ({exception.GetType().Name})",
                Hint: debug ? null : "this is a fault of streametl, not of the data; --debug shows where it arose",
                Stack: stack
            )
            {
                IsFault = true,
            },
        };
    }

    /// <summary>The one-line form that reports hold.</summary>
    public string Line => Where is null ? What : $"{Where}: {What}";

    /// <summary>True for a fault of the program, not of the data or the user.</summary>
    public bool IsFault { get; init; }

    /// <summary>The parts besides the message, named for logs.</summary>
    public IReadOnlyList<(string Name, string Value)> Attributes()
    {
        List<(string, string)> attributes = [("error.type", Kind.ToString())];
        (string Name, string? Value)[] optional = [("error.position", Where), ("error.hint", Hint), ("exception.stacktrace", Stack)];
        attributes.AddRange(optional.Where(o => o.Value is not null).Select(o => (o.Name, o.Value!)));
        return attributes;
    }
}
