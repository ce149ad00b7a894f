using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Verbs;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Tests.Arguments;

public sealed class ArgumentParserTests
{
    [Theory]
    [InlineData("a.csv", "-o", "out.csv")]
    [InlineData("-o", "out.csv", "a.csv")]
    [InlineData("-oout.csv", "a.csv")]
    [InlineData("-o=out.csv", "a.csv")]
    [InlineData("--output", "out.csv", "a.csv")]
    [InlineData("--output=out.csv", "a.csv")]
    [InlineData("--output=out.csv", "--", "a.csv")]
    public void Parse_AnyStyle_FindsOutputAndInput(params string[] arguments)
    {
        ParsedArguments parsed = Parse(arguments);
        Assert.Equal("out.csv", parsed.Text(SharedOptions.Output));
        Assert.Equal(["a.csv"], parsed.Positionals);
    }

    [Fact]
    public void Parse_AfterDoubleDash_EverythingIsAnInput() => Assert.Equal(["-o", "--x"], Parse("--", "-o", "--x").Positionals);

    [Fact]
    public void Parse_SingleDash_IsAnInput() => Assert.Equal(["-"], Parse("-").Positionals);

    [Fact]
    public void Parse_GroupedLetters_SetEachFlag()
    {
        ParsedArguments parsed = Parse("-qvo", "x.csv");
        Assert.True(parsed.Flag(MessageOptions.Quiet));
        Assert.True(parsed.Flag(MessageOptions.Verbose));
        Assert.Equal("x.csv", parsed.Text(SharedOptions.Output));
    }

    [Theory]
    [InlineData("--no-header", true)]
    [InlineData("--no-header=true", true)]
    [InlineData("--no-header=false", false)]
    public void Parse_Flag_TakesTrueOrFalse(string argument, bool expected) =>
        Assert.Equal(expected, Parse(argument, "a.csv").Flag(SharedOptions.NoHeader));

    [Fact]
    public void Parse_FlagNotGiven_IsUnknown() => Assert.Null(Parse("a.csv").Flag(SharedOptions.NoHeader));

    [Theory]
    [InlineData("--null", "NA", "a.csv")]
    [InlineData("a.csv", "--null", "NA")]
    [InlineData("a.csv", "--null=NA")]
    [InlineData("--null=NA", "missing-file")]
    public void Parse_OneNullText_LeavesTheInput(params string[] arguments)
    {
        ParsedArguments parsed = Parse(arguments);
        Assert.Equal(["NA"], parsed.All(SharedOptions.Null));
        Assert.Single(parsed.Positionals);
    }

    [Fact]
    public void Parse_SeveralNullTexts_EndAtAnInputOrAnOption()
    {
        Assert.Equal(["NA", "NULL", "-999", "n/d"], Parse("--null", "NA", "NULL", "-999", "n/d", "-o", "x").All(SharedOptions.Null));
        ParsedArguments parsed = Parse("--null", "NA", "NULL", "a.csv.gz", "--null", "-");
        Assert.Equal(["NA", "NULL", "-"], parsed.All(SharedOptions.Null));
        Assert.Equal(["a.csv.gz"], parsed.Positionals);
    }

    [Theory]
    [InlineData("unknown option '--ouput'", "did you mean '--output'?", "--ouput", "x")]
    [InlineData("unknown option '--fortnight'", "streametl convert --help lists the options", "--fortnight")]
    [InlineData("convert has no option '--key'", "it is an option of dedupe, diff, ingest, consolidate", "--key", "id")]
    [InlineData("unknown option '-x'", "streametl convert --help lists the options", "-x")]
    [InlineData("--output needs a value", "--output PATH", "-o")]
    [InlineData("--output is given twice", "keep one of them", "-o", "a", "--output", "b")]
    [InlineData("--types does not take 'infr'", "did you mean 'infer'? (one of infer, text)", "--types", "infr")]
    [InlineData("--compression does not take 'lzma'", "one of snappy, zstd, gzip, lz4, none", "--compression=lzma")]
    [InlineData("--no-header does not take 'yes'", "expected true or false", "--no-header=yes")]
    public void Parse_Wrong_SaysWhatAndHow(string message, string hint, params string[] arguments)
    {
        var error = Assert.Throws<StreamEtlException>(() => Parse(arguments));
        Assert.Equal((ErrorKind.Usage, message, hint), (error.Kind, error.Reason, error.Hint));
    }

    [Fact]
    public void Parse_RandomWords_ParseOrAreUsageErrors()
    {
        string[] words =
        [
            "-",
            "--",
            "-o",
            "--null",
            "NA",
            "--key",
            "a,b",
            "-q",
            "--",
            "=",
            "--=",
            "-=",
            "",
            "--no-header=",
            "x.csv",
            "-9",
            "\"",
            "--threads",
        ];
        var random = new Random(7);
        for (int run = 0; run < 20_000; run++)
        {
            string[] arguments = random.GetItems(words, random.Next(7));
            var error = Record.Exception(() => Parse(arguments));
            Assert.True(error is null or StreamEtlException { Kind: ErrorKind.Usage }, $"{string.Join(' ', arguments)}: {error}");
        }
    }

    private static ParsedArguments Parse(params string[] arguments) =>
        new ArgumentParser(ConvertVerb.Verb, a => a == "-" || FormatName.Of(a) is not null).Parse(arguments);
}
