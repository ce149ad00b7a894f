using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>schema validate</c>.</summary>
internal static class SchemaValidateVerb
{
    public static Verb Verb { get; } =
        new()
        {
            Name = "schema validate",
            Summary = "whether a table keeps to a schema",
            Usage = "schema validate INPUT… --schema FILE [options]",
            Examples =
            [
                ("stop at the first row that breaks it", "streametl schema validate orders.csv --schema orders.schema.json"),
                ("list all such rows", "streametl schema validate orders.csv --schema orders.schema.json --rejects bad.csv"),
            ],
            Options =
            [
                .. SharedOptions.Reading,
                SharedOptions.Schema,
                SharedOptions.OnError,
                SharedOptions.Rejects,
                SharedOptions.Memory,
                SharedOptions.Temp,
                SharedOptions.Threads,
                .. MessageOptions.All,
            ],
            Notes = ["Exit status 0: it does. 1: it does not. 4: it does but for the rows set aside by --rejects."],
            Build = static (arguments, host) =>
            {
                if (!arguments.Has(SharedOptions.Schema))
                {
                    throw UsageError.Create("no schema is given", "--schema FILE: JSON, as streametl schema infer writes it");
                }
                var job = new SchemaValidateOptions { Inputs = Inputs.Many(arguments, host), Output = "" };
                return OptionBinder.Bind(job, arguments, host);
            },
        };
}
