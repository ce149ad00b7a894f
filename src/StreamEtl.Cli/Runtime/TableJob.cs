using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Verbs;
using StreamEtl.Connectors.Configuration;
using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Runtime;

/// <summary>Turns a table of a config into the engine's options. What the config shares with the command line goes through the command line's own checks.</summary>
internal static class TableJob
{
    /// <summary>The job, but for its inputs, memory and threads.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/> with the entry's place.</exception>
    public static IngestOptions Create(TableConfig table, string temp, Host host)
    {
        var job = new IngestOptions
        {
            Inputs = [],
            Output = table.Name,
            Table = table.Name,
            Into = table.Into,
            Key = table.Key,
            Mode = table.Mode switch
            {
                "full" => IngestMode.Full,
                "cdc" => IngestMode.Cdc,
                "incremental" => IngestMode.Incremental,
                _ => null,
            },
            PartitionDate = Day(table),
            DateField = table.DateField,
            DateFieldStrict = table.DateFieldStrict ?? true,
            Compare = table.Compare,
            Ignore = table.Ignore ?? [],
            OnDuplicateKey = table.OnDuplicateKey switch
            {
                "first" => DuplicateKeyRule.First,
                "fail" => DuplicateKeyRule.Fail,
                _ => DuplicateKeyRule.Last,
            },
            AllowEmpty = table.AllowEmpty ?? false,
            AllowTruncated = table.AllowTruncated ?? false,
            SchemaChange = table.SchemaChange == "fail" ? SchemaChangeRule.Fail : SchemaChangeRule.Evolve,
            TempDirectory = temp,
        };
        if (table.MaxDeletePercent is { } percent)
        {
            job = job with { MaxDeletePercent = percent };
        }
        try
        {
            return (IngestOptions)OptionBinder.Bind(job, Arguments(table), host);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.Usage)
        {
            throw Placed(e, table);
        }
    }

    private static DateOnly? Day(TableConfig table)
    {
        if (table.PartitionDate is not { } text)
        {
            return null;
        }
        ConfigNode entry = table.EntryOf("partition_date");
        string written = entry.HasVariables ? entry.Written : $"'{text}'";
        return IngestOptions.ParseDay(text) ?? throw entry.Problem($"{written} is not a day", "write it as YYYYMMDD").ToException();
    }

    private static ParsedArguments Arguments(TableConfig table)
    {
        var arguments = new ParsedArguments();
        foreach ((string name, IReadOnlyList<string> values) in table.Options)
        {
            OptionSpec option = SharedOptions.ForTables.First(o => o.Name == name.Replace('_', '-'));
            foreach (string value in values)
            {
                arguments.Add(option, value);
            }
        }
        return arguments;
    }

    /// <summary>The problem under the name that the config has for the option.</summary>
    private static StreamEtlException Placed(StreamEtlException e, TableConfig table)
    {
        string option = e.Reason.Split(' ')[0];
        string setting = option.StartsWith("--", StringComparison.Ordinal) ? option[2..].Replace('-', '_') : "";
        ConfigNode node = table.EntryOf(setting);
        return node.Problem(node.HasVariables ? $"{node.Written} is not what {setting} takes" : e.Reason, e.Hint).ToException();
    }
}
