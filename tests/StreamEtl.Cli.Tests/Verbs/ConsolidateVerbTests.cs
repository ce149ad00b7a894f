using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Verbs;

public sealed class ConsolidateVerbTests
{
    [Fact]
    public void Consolidate_Origins_KeepTheirOrderAndGatherTheirInputs()
    {
        ConsolidateOptions job = CommandRun
            .Of(
                "consolidate",
                "sot=x.csv",
                "sor=*.csv",
                "sot=day=5/y.csv",
                "--key",
                "id,ver",
                "--decide",
                "at:desc,prio",
                "-o",
                "o.parquet"
            )
            .JobAs<ConsolidateOptions>();
        Assert.Equal(
            "sot: x.csv day=5/y.csv | sor: a.csv b.csv",
            string.Join(" | ", job.Origins.Select(o => $"{o.Name}: {string.Join(' ', o.Inputs)}"))
        );
        Assert.Equal(["id", "ver"], job.Key);
        Assert.Equal([new KeepRule("at", true), new KeepRule("prio", false)], job.Decide);
        Assert.Equal(("o.parquet", "parquet"), (job.Output, job.To));
    }

    [Theory]
    [InlineData("'a.csv' does not say which origin it is", "a.csv", "--key", "id", "--decide", "at")]
    [InlineData("'lake/day=5/a.csv' does not say which origin it is", "lake/day=5/a.csv", "--key", "id", "--decide", "at")]
    [InlineData("the origin 'sor' has no input", "sor=", "--key", "id", "--decide", "at")]
    [InlineData("--key is missing", "sor=a.csv", "--decide", "at")]
    [InlineData("--decide is missing", "sor=a.csv", "--key", "id")]
    [InlineData("--to says how the output is written", "sor=a.csv", "--key", "id", "--decide", "at", "--to", "csv")]
    [InlineData("--origin-column says how the output is written", "sor=a.csv", "--key", "id", "--decide", "at", "--origin-column", "o")]
    [InlineData("'a.csv' is both input and output", "sor=a.csv", "--key", "id", "--decide", "at", "-o", "a.csv")]
    [InlineData("standard input can be read only once", "sor=-", "sot=-", "--key", "id", "--decide", "at")]
    public void Consolidate_Wrong_IsAUsageError(string message, params string[] words)
    {
        CommandRun run = CommandRun.Of(["consolidate", .. words]);
        Assert.Equal(2, run.Status);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
