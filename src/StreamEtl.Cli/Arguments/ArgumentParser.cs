using StreamEtl.Cli.Verbs;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Arguments;

/// <summary>
/// Reads a command line in GNU style: <c>--name value</c>, <c>--name=value</c>, <c>-o value</c>, <c>-ovalue</c>, <c>-qv</c>; options and inputs in any order;
/// <c>--</c> ends the options; <c>-</c> is an input. Own code, because it starts in no time and its errors name what was probably meant.
/// </summary>
internal sealed class ArgumentParser(Verb verb, Func<string, bool> namesInput)
{
    private readonly IReadOnlyList<OptionSpec> _options = verb.Options;
    private readonly ParsedArguments _parsed = new();

    /// <summary>Parses; throws a usage error at the first thing that is wrong.</summary>
    public ParsedArguments Parse(ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                _parsed.Positionals.AddRange(arguments[(i + 1)..]);
                break;
            }
            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                int equals = argument.IndexOf('=', StringComparison.Ordinal);
                string name = equals < 0 ? argument[2..] : argument[2..equals];
                OptionSpec option = FindLong(name) ?? throw Unknown("--" + name);
                i = Take(option, equals < 0 ? null : argument[(equals + 1)..], arguments, i);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                i = ParseShort(arguments, i);
            }
            else
            {
                _parsed.Positionals.Add(argument);
            }
        }
        return _parsed;
    }

    private int ParseShort(ReadOnlySpan<string> arguments, int index)
    {
        string argument = arguments[index];
        for (int at = 1; at < argument.Length; at++)
        {
            char letter = argument[at];
            OptionSpec option = _options.FirstOrDefault(o => o.Short == letter) ?? throw Unknown(argument);
            if (option.Arity != Arity.Flag)
            {
                string? attached = at + 1 < argument.Length ? argument[(at + 1)..].TrimStart('=') : null;
                return Take(option, attached, arguments, index);
            }
            _parsed.Add(option, "true");
        }
        return index;
    }

    /// <summary>Stores the option's value or values; returns the index of the last argument used.</summary>
    private int Take(OptionSpec option, string? attached, ReadOnlySpan<string> arguments, int index)
    {
        if (option.Arity == Arity.Flag)
        {
            // A flag takes a separate value only where that cannot be an input.
            string? value =
                attached ?? (index + 1 < arguments.Length && arguments[index + 1] is "true" or "false" ? arguments[++index] : "true");
            _parsed.Add(option, value is "true" or "false" ? value : throw UsageError.Value(option, value, "true or false"));
            return index;
        }
        if (attached is null && ++index == arguments.Length)
        {
            throw UsageError.Create($"{option.Long} needs a value", $"{option.Long} {option.Value}");
        }
        Check(option, attached ?? arguments[index]);
        if (attached is null && option.Arity == Arity.Texts)
        {
            while (index + 1 < arguments.Length && !IsOption(arguments[index + 1]) && !namesInput(arguments[index + 1]))
            {
                _parsed.Add(option, arguments[++index]);
            }
        }
        return index;
    }

    private void Check(OptionSpec option, string value)
    {
        if (option.Choices is { } choices && !choices.Contains(value, StringComparer.Ordinal))
        {
            string? nearest = NearestName.Find(value, choices);
            string all = string.Join(", ", choices);
            throw UsageError.Create(
                $"{option.Long} does not take '{value}'",
                nearest is null ? $"one of {all}" : $"did you mean '{nearest}'? (one of {all})"
            );
        }
        _parsed.Add(option, value);
    }

    /// <summary>True for what looks like an option; a negative number such as <c>-999</c> does not.</summary>
    private static bool IsOption(string argument) => argument.Length > 1 && argument[0] == '-' && !char.IsAsciiDigit(argument[1]);

    private OptionSpec? FindLong(string name) => _options.FirstOrDefault(o => o.Name == name);

    private StreamEtlException Unknown(string name)
    {
        string[] verbs = VerbCatalog.Taking(name);
        if (verbs.Length > 0)
        {
            return UsageError.Create($"{verb.Name} has no option '{name}'", $"it is an option of {string.Join(", ", verbs)}");
        }
        string? nearest = NearestName.Find(name, _options.Select(o => o.Long));
        string hint = nearest is null ? $"streametl {verb.Name} --help lists the options" : $"did you mean '{nearest}'?";
        return UsageError.Create($"unknown option '{name}'", hint);
    }
}
