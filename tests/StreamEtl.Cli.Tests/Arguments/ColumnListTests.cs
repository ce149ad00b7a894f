using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Arguments;

public sealed class ColumnListTests
{
    [Theory]
    [InlineData("id", "id")]
    [InlineData("a,b", "a|b")]
    [InlineData(" a , b ", "a|b")]
    [InlineData("\"Name, first\",id", "Name, first|id")]
    [InlineData("\"say \"\"hi\"\"\"", "say \"hi\"")]
    [InlineData("\" padded \"", " padded ")]
    [InlineData("it's", "it's")]
    public void Key_List_IsColumns(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Diff("--key", text).JobAs<DiffOptions>().Key));

    [Fact]
    public void Key_Repeated_AddsUp() => Assert.Equal(["a", "b", "c"], Diff("--key", "a,b", "--key", "c").JobAs<DiffOptions>().Key);

    [Theory]
    [InlineData("")]
    [InlineData("a,,b")]
    [InlineData("a,")]
    [InlineData("a,a")]
    [InlineData("\"a")]
    public void Key_Wrong_IsAUsageError(string text)
    {
        CommandRun run = Diff("--key", text);
        Assert.Equal(2, run.Status);
        Assert.StartsWith("streametl: error: --key ", run.Error, StringComparison.Ordinal);
    }

    private static CommandRun Diff(params string[] options) => CommandRun.Of(["diff", "old.csv", "new.csv", "-o", "c.csv", .. options]);
}
