using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Verbs;

public sealed class DiffVerbTests
{
    [Fact]
    public void Diff_NoOptions_HasTheDefaultsOfTheContract()
    {
        DiffOptions job = Diff("--key", "id").JobAs<DiffOptions>();
        Assert.Equal(("old.csv", "new.parquet", "changes.csv", "csv"), (job.Old, job.New, job.Output, job.To));
        Assert.Equal((null, true, DuplicateKeyRule.Last, false), (job.DateField, job.DateFieldStrict, job.OnDuplicateKey, job.Exact));
        Assert.Null(job.Compare);
        Assert.Empty(job.Ignore);
    }

    [Theory]
    [InlineData("--date-field-strict=false")]
    [InlineData("--date-field-strict", "false")]
    public void Diff_EveryOption_ReachesTheEngine(params string[] strict)
    {
        DiffOptions job = Diff(["--key", "a,b", "--date-field", "d", .. strict, "--ignore", "x,y", "--on-duplicate-key", "fail", "--exact"])
            .JobAs<DiffOptions>();
        Assert.Equal(["a", "b"], job.Key);
        Assert.Equal(["x", "y"], job.Ignore);
        Assert.Equal(("d", false, DuplicateKeyRule.Fail, true), (job.DateField, job.DateFieldStrict, job.OnDuplicateKey, job.Exact));
    }

    [Fact]
    public void Diff_Compare_IsAList() => Assert.Equal(["x"], Diff("--key", "a", "--compare", "x").JobAs<DiffOptions>().Compare);

    [Theory]
    [InlineData("no key is given", "")]
    [InlineData("--compare and --ignore exclude each other", "--key a --compare b --ignore c")]
    [InlineData("--date-field-strict needs --date-field", "--key a --date-field-strict=false")]
    [InlineData("--on-duplicate-key does not take 'frist'", "--key a --on-duplicate-key frist")]
    [InlineData("3 inputs are given where 2 are needed", "--key a third.csv")]
    public void Diff_Wrong_IsAUsageError(string message, string options)
    {
        CommandRun run = Diff(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.Status);
        Assert.StartsWith($"streametl: error: {message}\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 0, true, 0)]
    [InlineData(1, 0, 0, true, 5)]
    [InlineData(0, 1, 0, true, 5)]
    [InlineData(0, 0, 1, true, 5)]
    [InlineData(1, 1, 1, false, 0)]
    public void Diff_ExitCode_TellsOfChanges(int inserts, int updates, int deletes, bool asked, int expected)
    {
        string[] line = ["diff", "a.csv", "b.csv", "-o", "c.csv", "--key", "id", .. asked ? ["--exit-code"] : Array.Empty<string>()];
        CommandRun run = CommandRun.With(r => (r.Inserts, r.Updates, r.Deletes) = (inserts, updates, deletes), line);
        Assert.Equal(expected, run.Status);
    }

    private static CommandRun Diff(params string[] options) =>
        CommandRun.Of(["diff", "old.csv", "new.parquet", "-o", "changes.csv", .. options]);
}
