using StreamEtl.Errors;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline;

public sealed class InputRulesTests
{
    private static readonly ConvertOptions Plain = new()
    {
        Inputs = [],
        Output = "out.csv",
        MemoryBytes = 1,
        TempDirectory = "",
        Threads = 1,
    };

    public static TheoryData<string> Options => [.. Changes.Keys];

    private static Dictionary<string, ConvertOptions> Changes { get; } =
        new()
        {
            ["--delimiter"] = Plain with { Delimiter = ';' },
            ["--quote"] = Plain with { Quote = '\0' },
            ["--escape"] = Plain with { Escape = '\\' },
            ["--encoding"] = Plain with { Encoding = "windows-1252" },
            ["--no-header"] = Plain with { NoHeader = false },
            ["--skip-lines"] = Plain with { SkipLines = 0 },
            ["--decimal"] = Plain with { DecimalSeparator = ',' },
            ["--date-format"] = Plain with { DateFormat = "dd/MM/yyyy" },
            ["--null"] = Plain with { NullTexts = ["NA"] },
            ["--line-ends"] = Plain with { MixesLineEnds = true },
            ["--quoted-empty"] = Plain with { QuotedEmptyIsString = true },
        };

    [Theory]
    [MemberData(nameof(Options))]
    public void Check_TextOptionWithoutTextInput_NamesTheOption(string option)
    {
        string[] inputs = ["a.parquet", "b.pq"];
        StreamEtlException e = Assert.Throws<StreamEtlException>(() => InputRules.Check(Changes[option] with { Inputs = inputs }));
        Assert.Equal(ErrorKind.Usage, e.Kind);
        Assert.StartsWith(option + " ", e.Reason, StringComparison.Ordinal);
        InputRules.Check(Changes[option] with { Inputs = [.. inputs, "c.csv.gz"] });
        InputRules.Check(Changes[option] with { Inputs = inputs, From = "tsv" });
        InputRules.Check(Changes[option] with { Inputs = ["-"] });
    }

    [Fact]
    public void Check_JsonInput_TakesAnEncodingOnly()
    {
        InputRules.Check(Changes["--encoding"] with { Inputs = ["a.ndjson"] });
        Assert.Throws<StreamEtlException>(() => InputRules.Check(Changes["--delimiter"] with { Inputs = ["a.ndjson", "b.parquet"] }));
    }

    [Fact]
    public void Check_OptionsOfEveryInput_AreFree() => InputRules.Check(Plain with { Inputs = ["a.parquet"], MaxRecordBytes = 1 });
}
