using System.Text;
using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Verbs;

namespace StreamEtl.Cli.Help;

/// <summary>Writes help: what it does, examples, then options by group; at most 100 columns.</summary>
internal static class HelpText
{
    private const int CommandColumn = 20;
    private const int OptionColumn = 34;

    private static readonly (OptionGroup Group, string Title)[] Titles =
    [
        (OptionGroup.Verb, ""),
        (OptionGroup.Output, "Output"),
        (OptionGroup.Input, "Reading CSV and JSON (found from the data when not given)"),
        (OptionGroup.Types, "Types"),
        (OptionGroup.Errors, "Malformed rows"),
        (OptionGroup.Resources, "Resources"),
        (OptionGroup.Journeys, "Journeys (streametl journeys --help says what they are)"),
        (OptionGroup.Messages, "Messages"),
    ];

    /// <summary>The program's help.</summary>
    public static string ForProgram()
    {
        StringBuilder text = new();
        text.Append(
            """
            streametl: convert, deduplicate and compare tables, exactly and in bounded memory

            Usage: streametl COMMAND [options]

            Examples:
              streametl convert orders.csv -o orders.parquet
              streametl dedupe customers.csv -o customers.parquet --key id --keep updated_at:desc
              streametl diff monday.csv tuesday.csv -o changes.parquet --key id
              zcat log.csv.gz | streametl convert - -o - --to ndjson | head

            Commands:

            """
        );
        foreach (Verb verb in VerbCatalog.All)
        {
            AppendRow(text, verb.Name, verb.Summary, CommandColumn);
        }
        AppendRow(text, "help COMMAND", "the options of a command, with examples", CommandColumn);
        text.Append(
            """

            Formats: csv, tsv, json, ndjson, parquet; text formats also compressed (.gz, .zst). A name of -
            is standard input or output. Data alone goes to standard output, messages to standard error.

            Exit status: 0 done; 1 failed; 2 the command line is wrong; 4 rows were set aside and the run
            went on; 5 diff --exit-code found changes; 130 interrupted (nothing half-written is left).

            streametl --version shows the version. STREAMETL_DEBUG=1 shows where in the program errors arise.

            """
        );
        return text.ToString();
    }

    /// <summary>The help of the verb, or of the verbs, that the words name.</summary>
    public static string For(ReadOnlySpan<string> words) =>
        VerbCatalog.FindGroup(words) is { } group ? ForGroup(group) : ForVerb(VerbCatalog.Find(words).Verb);

    /// <summary>The verbs that share a first word.</summary>
    private static string ForGroup(VerbGroup group)
    {
        StringBuilder text = new();
        text.Append("streametl ").Append(group.Name).Append(": ").Append(group.Summary).Append("\n\n");
        text.Append("Usage: streametl ").Append(group.Name).Append(" COMMAND [options]\n\nCommands:\n");
        foreach (Verb verb in group.Verbs)
        {
            AppendRow(text, verb.Name, verb.Summary, CommandColumn);
        }
        text.Append("\nstreametl ").Append(group.Name).Append(" COMMAND --help shows the options of a command, with examples.\n");
        if (group.Notes.Count > 0)
        {
            text.Append('\n');
            AppendLines(text, group.Notes);
        }
        return text.ToString();
    }

    /// <summary>A verb's help.</summary>
    public static string ForVerb(Verb verb)
    {
        StringBuilder text = new();
        text.Append("streametl ").Append(verb.Name).Append(": ").Append(verb.Summary).Append("\n\n");
        text.Append("Usage: streametl ").Append(verb.Usage).Append("\n\nExamples:\n");
        foreach ((string purpose, string command) in verb.Examples)
        {
            text.Append("  # ").Append(purpose).Append("\n  ").Append(command).Append('\n');
        }
        if (verb.Notes.Count > 0)
        {
            text.Append('\n');
            AppendLines(text, verb.Notes);
        }
        foreach ((OptionGroup group, string title) in Titles)
        {
            OptionSpec[] options = [.. verb.Options.Where(o => o.Group == group)];
            if (options.Length == 0)
            {
                continue;
            }
            text.Append('\n').Append(title.Length > 0 ? title : Capitalised(verb.Name)).Append(":\n");
            foreach (OptionSpec option in options)
            {
                AppendRow(text, Label(option), option.Help, OptionColumn);
            }
        }
        return text.ToString();
    }

    private static void AppendLines(StringBuilder text, IReadOnlyList<string> lines)
    {
        foreach (string line in lines)
        {
            text.Append(line).Append('\n');
        }
    }

    private static string Label(OptionSpec option)
    {
        string names = option.Short is { } letter ? $"-{letter}, {option.Long}" : option.Long;
        return option.Value is null ? names : $"{names} {option.Value}";
    }

    private static void AppendRow(StringBuilder text, string label, string help, int column)
    {
        text.Append("  ").Append(label);
        if (label.Length + 4 > column)
        {
            text.Append('\n').Append(' ', column);
        }
        else
        {
            text.Append(' ', column - label.Length - 2);
        }
        text.Append(help).Append('\n');
    }

    private static string Capitalised(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
