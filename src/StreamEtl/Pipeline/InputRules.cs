using StreamEtl.Errors;

namespace StreamEtl.Pipeline;

/// <summary>
/// Refuses, before anything is read, options about reading that no input takes: a Parquet file has no delimiter, and a user who states one expects something of
/// it. As soon as one input takes the option it stands, since OLD may be Parquet and NEW be CSV.
/// </summary>
internal static class InputRules
{
    /// <summary>Throws a usage error for the first option that is of no use.</summary>
    public static void Check(JobOptions options)
    {
        TableFormat[] formats = Array.ConvertAll([.. JobPaths.Inputs(options)], path => TableInputs.FormatOf(path, options));
        if (Array.Exists(formats, IsDelimited))
        {
            return;
        }
        (string Option, bool IsGiven)[] delimited =
        [
            ("--delimiter", options.Delimiter is not null),
            ("--quote", options.Quote is not null),
            ("--escape", options.Escape is not null),
            ("--no-header", options.NoHeader is not null),
            ("--skip-lines", options.SkipLines is not null),
            ("--decimal", options.DecimalSeparator is not null),
            ("--date-format", options.DateFormat is not null),
            ("--null", options.NullTexts.Count > 0),
            ("--quoted-empty", options.QuotedEmptyIsString),
            ("--line-ends", options.MixesLineEnds),
        ];
        string? wrong = delimited.Where(o => o.IsGiven).Select(o => o.Option).FirstOrDefault();
        if (wrong is null && options.Encoding is not null && Array.TrueForAll(formats, f => f == TableFormat.Parquet))
        {
            wrong = "--encoding";
        }
        if (wrong is not null)
        {
            string found = string.Join(" and ", formats.Distinct().Select(f => f.ToString().ToLowerInvariant()));
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"{wrong} says how text is read, and no input is {(wrong == "--encoding" ? "text" : "CSV")}: by name and --from, the format is {found}",
                hint: $"leave {wrong} out, or state the format: --from csv"
            );
        }
    }

    private static bool IsDelimited(TableFormat format) => format is TableFormat.Csv or TableFormat.Tsv;
}
