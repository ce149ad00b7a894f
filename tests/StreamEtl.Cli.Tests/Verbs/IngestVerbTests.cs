using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.Verbs;

public sealed class IngestVerbTests
{
    [Theory]
    [InlineData("no input is given", "--table", "t", "--into", "lake")]
    [InlineData("--table is missing", "a.csv", "--into", "lake")]
    [InlineData("--into is missing", "a.csv", "--table", "t")]
    [InlineData("--into is missing", "a.csv", "--table", "t", "--into", "")]
    [InlineData("--compare and --ignore exclude each other", "a.csv", "--table", "t", "--into", "lake", "--compare", "a", "--ignore", "b")]
    public void Ingest_Wrong_IsAUsageError(string message, params string[] words)
    {
        CommandRun run = CommandRun.Of(["ingest", .. words]);
        Assert.Equal(2, run.Status);
        Assert.StartsWith($"streametl: error: {message}\n", run.Error, StringComparison.Ordinal);
    }
}
