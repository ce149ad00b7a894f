using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Help;
using StreamEtl.Cli.Reporting;
using StreamEtl.Cli.Runtime;
using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Verbs;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli;

/// <summary>From the words of a command line to an exit status.</summary>
internal sealed class Application(Host host)
{
    /// <summary>Runs one command line.</summary>
    public async Task<int> RunAsync(string[] arguments)
    {
        RunSettings? settings = null;
        Verb? verb = null;
        try
        {
            int leading = WordScan.LeadingFlags(arguments);
            string[] words = arguments[leading..];
            if (arguments.Length == 0)
            {
                await host.OpenError().WriteAsync(HelpText.ForProgram()).ConfigureAwait(false);
                return ExitCode.Usage;
            }
            if (leading > 0 && arguments.AsSpan(0, leading).Contains("--version"))
            {
                await host.OpenOutput().WriteLineAsync($"streametl {EngineVersion.Number}").ConfigureAwait(false);
                return ExitCode.Done;
            }
            if (words.Length == 0 && WordScan.AsksForHelp(arguments) || words is ["help"])
            {
                return await ShowAsync(HelpText.ForProgram()).ConfigureAwait(false);
            }
            if (words is ["help", ..])
            {
                return await ShowAsync(HelpText.For(words.AsSpan(1))).ConfigureAwait(false);
            }
            if (words.Length == 0)
            {
                throw UsageError.Create($"'{arguments[0]}' stands without a command", "streametl --help lists the commands");
            }
            if (WordScan.AsksForHelp(arguments))
            {
                return await ShowAsync(HelpText.For(words)).ConfigureAwait(false);
            }
            (verb, int named) = VerbCatalog.Find(words);
            ParsedArguments parsed = new ArgumentParser(verb, NamesInput).Parse([.. arguments[..leading], .. words[named..]]);
            settings = RunSettings.From(parsed, host, arguments);
            if (settings.Report is { } report && ReportFile.Refusal(report, host.Places) is { } refusal)
            {
                throw refusal;
            }
            if (verb.Execute is { } execute)
            {
                return await execute(parsed, host, settings).ConfigureAwait(false);
            }
            JobOptions job = verb.Build!(parsed, await SchemaFile.FetchAsync(parsed, host).ConfigureAwait(false));
            return await new JobRunner(host, settings).RunAsync(verb, job, parsed.Flag(DiffVerb.ExitCode) ?? false).ConfigureAwait(false);
        }
        catch (MissingInputException e) when (host.InputIsTerminal())
        {
            TextWriter error = host.OpenError();
            await error.WriteAsync(HelpText.ForVerb(verb!)).ConfigureAwait(false);
            await error.WriteLineAsync($"\nstreametl: error: {e.Message}").ConfigureAwait(false);
            return ExitCode.Usage;
        }
        // Nothing that goes wrong before the engine runs may end in a stack trace.
        catch (Exception e)
        {
            settings ??= RunSettings.Early(arguments, host);
            ErrorText text =
                e is MissingInputException
                    ? new ErrorText(ErrorKind.Usage, e.Message, Hint: "name a file; - reads standard input")
                    : ErrorText.From(e, settings.Debug);
            if (verb is not null)
            {
                await JobRunner.ReportFailureAsync(verb, settings, text.Line, host).ConfigureAwait(false);
            }
            settings.Messages.Error(text);
            return text.Kind == ErrorKind.Usage ? ExitCode.Usage : ExitCode.Failed;
        }
    }

    private async Task<int> ShowAsync(string help)
    {
        await host.OpenOutput().WriteAsync(help).ConfigureAwait(false);
        return ExitCode.Done;
    }

    /// <summary>True for what follows <c>--null TEXT</c> and can only be an input: standard input, a file that exists, a pattern, a name with a known extension.</summary>
    private static bool NamesInput(string argument) =>
        argument == "-" || argument.Contains('*', StringComparison.Ordinal) || File.Exists(argument) || FormatName.Of(argument) is not null;
}
