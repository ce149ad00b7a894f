using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Parquet;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Verbs;

public sealed class ConvertVerbTests
{
    [Fact]
    public void Convert_NoOptions_HasTheDefaultsOfTheContract()
    {
        CommandRun run = CommandRun.Of("convert", "a.csv", "-o", "b.parquet");
        Assert.Equal(0, run.Status);
        ConvertOptions job = run.JobAs<ConvertOptions>();
        Assert.Equal(["a.csv"], job.Inputs);
        Assert.Equal(
            new ConvertOptions
            {
                Inputs = job.Inputs,
                NullTexts = job.NullTexts,
                Output = "b.parquet",
                To = "parquet",
                MemoryBytes = 1_000_000_000,
                TempDirectory = Path.GetTempPath(),
                Threads = Environment.ProcessorCount,
            },
            job
        );
        Assert.Empty(job.NullTexts);
        Assert.Equal(CompressionCodec.Snappy, job.Compression);
        Assert.False(job.RejectMalformed);
    }

    [Fact]
    public void Convert_EveryOption_ReachesTheEngine()
    {
        string line =
            "convert a.dat -o out.bin --from csv --to parquet --compression zstd --delimiter | --quote ' --escape \\ --encoding windows-1252 "
            + "--no-header --skip-lines 3 --decimal , --date-format dd/MM/yyyy --null NA --null NULL --quoted-empty string --line-ends any --max-record 1MiB --types text "
            + "--rejects bad.csv --memory 512MB --temp /scratch --threads 3";
        ConvertOptions job = CommandRun.Of(line.Split(' ')).JobAs<ConvertOptions>();
        Assert.Equal(
            new ConvertOptions
            {
                Inputs = job.Inputs,
                NullTexts = job.NullTexts,
                Output = "out.bin",
                From = "csv",
                To = "parquet",
                Compression = CompressionCodec.Zstd,
                Delimiter = '|',
                Quote = '\'',
                Escape = '\\',
                Encoding = "windows-1252",
                NoHeader = true,
                SkipLines = 3,
                DecimalSeparator = ',',
                DateFormat = "dd/MM/yyyy",
                QuotedEmptyIsString = true,
                MixesLineEnds = true,
                MaxRecordBytes = 1 << 20,
                InferTypes = false,
                RejectMalformed = true,
                RejectsPath = "bad.csv",
                MemoryBytes = 512_000_000,
                TempDirectory = "/scratch",
                Threads = 3,
            },
            job
        );
        Assert.Equal(["NA", "NULL"], job.NullTexts);
    }

    [Fact]
    public void Convert_Schema_IsRead() =>
        Assert.Equal("id", Assert.Single(Convert("--schema", "s.json").JobAs<ConvertOptions>().Schema!).Name);

    [Fact]
    public void Convert_OnErrorReject_NeedsNoFile()
    {
        ConvertOptions job = Convert("--on-error", "reject").JobAs<ConvertOptions>();
        Assert.True(job.RejectMalformed);
        Assert.Null(job.RejectsPath);
    }

    [Theory]
    [InlineData("tab", '\t')]
    [InlineData("\\t", '\t')]
    [InlineData("\t", '\t')]
    [InlineData(";", ';')]
    public void Convert_Delimiter_MaySpellTheTab(string text, char expected) =>
        Assert.Equal(expected, Convert("--delimiter", text).JobAs<ConvertOptions>().Delimiter);

    [Fact]
    public void Convert_EmptyQuote_SwitchesQuotingOff() => Assert.Equal('\0', Convert("--quote", "").JobAs<ConvertOptions>().Quote);

    [Fact]
    public void Convert_Globs_AreExpandedInPlace() =>
        Assert.Equal(
            ["x.csv", "a.csv", "b.csv", "-"],
            CommandRun.Of("convert", "x.csv", "*.csv", "-", "-o", "y.parquet").JobAs<ConvertOptions>().Inputs
        );

    [Theory]
    [InlineData("b.csv", "csv")]
    [InlineData("b.csv.gz", "csv")]
    [InlineData("b.CSV.zst", "csv")]
    [InlineData("b.tsv", "tsv")]
    [InlineData("b.json", "json")]
    [InlineData("b.ndjson", "ndjson")]
    [InlineData("b.jsonl.gz", "ndjson")]
    [InlineData("dir.x/b.parquet", "parquet")]
    public void Convert_OutputName_TellsTheFormat(string output, string expected) =>
        Assert.Equal(expected, CommandRun.Of("convert", "a.csv", "-o", output).JobAs<ConvertOptions>().To);

    [Theory]
    [InlineData("no output is given", "-o FILE, or -o - --to FORMAT for standard output", "a.csv")]
    [InlineData(
        "standard output has no file name to tell the format by",
        "add --to csv, tsv, json, ndjson or parquet",
        "a.parquet",
        "-o",
        "-"
    )]
    [InlineData(
        "the name 'b.parqet' does not tell the output format",
        "did you mean '.parquet'? Else add --to FORMAT",
        "a.csv",
        "-o",
        "b.parqet"
    )]
    [InlineData("no input is given", "name a file; - reads standard input", "-o", "b.csv")]
    [InlineData("standard input can be read only once", "give '-' once", "-", "-", "-o", "b.csv")]
    [InlineData("'a.csv' is both input and output", "write to another name", "a.csv", "-o", "a.csv")]
    [InlineData("'./b.csv' is both input and output", "write to another name", "*.csv", "-o", "./b.csv")]
    [InlineData("the output '/' is a folder", "name a file in it", "a.csv", "-o", "/", "--to", "csv")]
    [InlineData("--report and --output name the same file 'b.json'", null, "a.csv", "-o", "b.json", "--report", "b.json")]
    [InlineData(
        "--rejects contradicts --on-error fail",
        "leave --on-error out: --rejects implies reject",
        "a.csv",
        "-o",
        "b.csv",
        "--on-error",
        "fail",
        "--rejects",
        "r.csv"
    )]
    [InlineData(
        "--schema and --types exclude each other",
        "a schema states the types already",
        "a.csv",
        "-o",
        "b.csv",
        "--schema",
        "s.json",
        "--types",
        "text"
    )]
    [InlineData("--delimiter does not take 'ab'", "expected one ASCII character, or tab", "a.csv", "-o", "b.csv", "--delimiter", "ab")]
    [InlineData("--delimiter does not take '§'", "expected one ASCII character, or tab", "a.csv", "-o", "b.csv", "--delimiter", "§")]
    [InlineData("--decimal does not take ';'", "expected . or ,", "a.csv", "-o", "b.csv", "--decimal", ";")]
    [InlineData(
        "--memory does not take 'lots'",
        "expected a size such as 512MB, 2GiB or 1.5GB",
        "a.csv",
        "-o",
        "b.csv",
        "--memory",
        "lots"
    )]
    [InlineData("--memory does not take '0'", "expected a size such as 512MB, 2GiB or 1.5GB", "a.csv", "-o", "b.csv", "--memory", "0")]
    [InlineData("--threads does not take '0'", "expected a whole number of at least 1", "a.csv", "-o", "b.csv", "--threads", "0")]
    [InlineData("--skip-lines does not take '-1'", "expected a whole number of at least 0", "a.csv", "-o", "b.csv", "--skip-lines", "-1")]
    [InlineData("--max-record does not take '2GiB'", "expected at most 1GiB", "a.csv", "-o", "b.csv", "--max-record", "2GiB")]
    [InlineData(
        "--from does not take 'parqet'",
        "did you mean 'parquet'? (one of csv, tsv, json, ndjson, parquet)",
        "a.csv",
        "-o",
        "b.csv",
        "--from",
        "parqet"
    )]
    [InlineData(
        "the folder of the report '/no/such/r.json' does not exist",
        "mkdir -p /no/such",
        "a.csv",
        "-o",
        "b.csv",
        "--report",
        "/no/such/r.json"
    )]
    public void Convert_Wrong_IsAUsageErrorWithAHint(string message, string? hint, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(["convert", .. arguments]);
        string expected = $"streametl: error: {message}\n" + (hint is null ? "" : $"  hint: {hint}\n");
        Assert.Equal((2, "", expected), (run.Status, run.Output, run.Error));
        Assert.Null(run.Job);
    }

    private static CommandRun Convert(params string[] options) => CommandRun.Of(["convert", "a.csv", "-o", "b.csv", .. options]);
}
