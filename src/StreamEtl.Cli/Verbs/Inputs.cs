using StreamEtl.Cli.Arguments;
using StreamEtl.Compression;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Cli.Verbs;

/// <summary>Finds a verb's inputs and output on the command line, and refuses what would destroy data.</summary>
internal static class Inputs
{
    private const string Standard = "-";

    /// <summary>One input or more; globs are expanded.</summary>
    public static IReadOnlyList<string> Many(ParsedArguments arguments, Host host)
    {
        List<string> inputs = [];
        foreach (string pattern in arguments.Positionals)
        {
            inputs.AddRange(Expand(pattern, host));
        }
        if (inputs.Count == 0)
        {
            throw new MissingInputException("no input is given");
        }
        RefuseTwoStandardInputs(inputs);
        return inputs;
    }

    /// <summary>Exactly <paramref name="count"/> inputs; a glob must match one file.</summary>
    public static IReadOnlyList<string> Exactly(int count, string names, ParsedArguments arguments, Host host)
    {
        if (arguments.Positionals.Count == 0)
        {
            throw new MissingInputException($"no input is given: {names}");
        }
        if (arguments.Positionals.Count != count)
        {
            throw UsageError.Create(
                $"{arguments.Positionals.Count} {(arguments.Positionals.Count == 1 ? "input is" : "inputs are")} given where {count} are needed",
                names
            );
        }
        List<string> inputs = [];
        foreach (string pattern in arguments.Positionals)
        {
            IReadOnlyList<string> files = Expand(pattern, host);
            inputs.Add(
                files.Count == 1 ? files[0] : throw UsageError.Create($"'{pattern}' matches {files.Count} files where one is needed")
            );
        }
        RefuseTwoStandardInputs(inputs);
        return inputs;
    }

    /// <summary>The output path and its format.</summary>
    public static (string Path, string Format) Output(ParsedArguments arguments, IReadOnlyList<string> inputs)
    {
        string path =
            arguments.Text(SharedOptions.Output)
            ?? throw UsageError.Create("no output is given", "-o FILE, or -o - --to FORMAT for standard output");
        if (path.Length == 0)
        {
            throw UsageError.Value(SharedOptions.Output, path, "a file name, or - for standard output");
        }
        if (path != Standard)
        {
            RefuseOverwriting(path, inputs, arguments);
        }
        string? format = arguments.Text(SharedOptions.To) ?? (path == Standard ? FilterFormat(arguments, inputs) : FormatName.Of(path));
        if (format is null)
        {
            throw UnknownFormat(path);
        }
        if (format != "parquet" && arguments.Has(SharedOptions.Compression))
        {
            throw UsageError.Create(
                $"--compression is of Parquet pages, and the output is {format}",
                path == Standard ? "compress in the pipe: … | gzip" : $"name the output {CompressedName.Strip(path)}.gz or .zst"
            );
        }
        if (format is not ("csv" or "tsv") && arguments.Has(SharedOptions.OutputDelimiter))
        {
            throw UsageError.Create($"--out-delimiter is of a CSV output, and the output is {format}");
        }
        return (path, format);
    }

    /// <summary>A filter from delimited text writes CSV; from anything else, standard output has to be told.</summary>
    private static string? FilterFormat(ParsedArguments arguments, IReadOnlyList<string> inputs)
    {
        string? from = arguments.Text(SharedOptions.From);
        bool delimited = inputs.All(i => (from ?? (i == Standard ? "csv" : FormatName.Of(i))) is null or "csv" or "tsv");
        return delimited ? "csv" : null;
    }

    /// <summary>A plain name passes as it is: that it does not exist is for the engine to say, in a report too. So does a pattern over keys of a store.</summary>
    public static IReadOnlyList<string> Expand(string pattern, Host host) =>
        pattern.AsSpan().ContainsAny("*?[") && !StorePath.IsOne(pattern) ? host.ExpandGlob(pattern) : [pattern];

    private static StreamEtlException UnknownFormat(string path)
    {
        if (path == Standard)
        {
            return UsageError.Create(
                "standard output has no file name to tell the format by",
                "add --to csv, tsv, json, ndjson or parquet"
            );
        }
        string? nearest = FormatName.NearestExtension(path);
        return UsageError.Create(
            $"the name '{path}' does not tell the output format",
            nearest is null ? "add --to csv, tsv, json, ndjson or parquet" : $"did you mean '{nearest}'? Else add --to FORMAT"
        );
    }

    /// <summary>Standard input can be one input only.</summary>
    public static void RefuseTwoStandardInputs(IReadOnlyList<string> inputs)
    {
        if (inputs.Count(i => i == Standard) > 1)
        {
            throw UsageError.Create("standard input can be read only once", "give '-' once");
        }
    }

    /// <summary>A glob run twice would read its own output; an output that replaces an input cannot be run again.</summary>
    private static void RefuseOverwriting(string output, IReadOnlyList<string> inputs, ParsedArguments arguments)
    {
        string full = Path.GetFullPath(output);
        if (Directory.Exists(full))
        {
            throw UsageError.Create($"the output '{output}' is a folder", "name a file in it");
        }
        if (inputs.Any(i => i != Standard && Path.GetFullPath(i) == full))
        {
            throw UsageError.Create($"'{output}' is both input and output", "write to another name");
        }
        foreach (OptionSpec other in new[] { SharedOptions.Rejects, MessageOptions.Report })
        {
            if (arguments.Text(other) is { } path && path != Standard && Path.GetFullPath(path) == full)
            {
                throw UsageError.Create($"{other.Long} and --output name the same file '{output}'");
            }
        }
    }
}
