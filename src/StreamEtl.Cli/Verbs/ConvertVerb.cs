using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>convert</c>.</summary>
internal static class ConvertVerb
{
    public static Verb Verb { get; } =
        new()
        {
            Name = "convert",
            Summary = "any supported format to any other; several inputs become one output",
            Usage = "convert INPUT… -o OUTPUT [options]",
            Examples =
            [
                ("one file", "streametl convert orders.csv -o orders.parquet"),
                ("many files, columns matched by name", "streametl convert 'sales-*.csv.gz' -o sales.parquet --compression zstd"),
                ("from bucket to bucket", "streametl convert 's3://dumps/*.csv.gz' -o s3://lake/orders.parquet"),
                ("in a pipe", "zcat log.csv.gz | streametl convert - -o - --to ndjson | head"),
                ("a bank's export, bad rows set aside", "streametl convert extrato.csv -o extrato.parquet --decimal , --rejects bad.csv"),
            ],
            Options = SharedOptions.ForTables,
            Build = static (arguments, host) =>
            {
                IReadOnlyList<string> inputs = Inputs.Many(arguments, host);
                (string output, string format) = Inputs.Output(arguments, inputs);
                var job = new ConvertOptions
                {
                    Inputs = inputs,
                    Output = output,
                    To = format,
                };
                return OptionBinder.Bind(job, arguments, host);
            },
        };
}
