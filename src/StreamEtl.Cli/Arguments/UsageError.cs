using StreamEtl.Errors;

namespace StreamEtl.Cli.Arguments;

/// <summary>Makes the errors of a wrong command line (exit status 2).</summary>
internal static class UsageError
{
    /// <summary>What is wrong, and what to do instead.</summary>
    public static StreamEtlException Create(string message, string? hint = null) => new(ErrorKind.Usage, message, position: null, hint);

    /// <summary>A value that an option does not take.</summary>
    public static StreamEtlException Value(OptionSpec option, string value, string expected) =>
        Create($"{option.Long} does not take '{value}'", $"expected {expected}");
}
