using StreamEtl.Cli.Arguments;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>schema infer</c>.</summary>
internal static class SchemaInferVerb
{
    public static readonly OptionSpec Output = new(
        "output",
        OptionGroup.Output,
        "where the JSON goes (default: standard output)",
        "FILE",
        Short: 'o'
    );

    public static Verb Verb { get; } =
        new()
        {
            Name = "schema infer",
            Summary = "the columns of a table and their types, as JSON",
            Usage = "schema infer INPUT… [-o FILE] [options]",
            Examples =
            [
                ("look at a file", "streametl schema infer orders.csv"),
                ("keep it as a contract", "streametl schema infer orders.csv -o orders.schema.json"),
            ],
            Options =
            [
                Output,
                .. SharedOptions.Reading,
                SharedOptions.Types,
                SharedOptions.OnError,
                SharedOptions.Rejects,
                SharedOptions.Memory,
                SharedOptions.Temp,
                SharedOptions.Threads,
                .. MessageOptions.All,
            ],
            Notes = ["Every row is read: the types hold for the whole input."],
            Build = static (arguments, host) =>
            {
                var job = new SchemaInferOptions { Inputs = Inputs.Many(arguments, host), Output = arguments.Text(Output) ?? "-" };
                return OptionBinder.Bind(job, arguments, host);
            },
        };
}
