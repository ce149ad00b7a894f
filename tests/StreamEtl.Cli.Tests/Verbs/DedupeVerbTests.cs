using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Pipeline;

namespace StreamEtl.Cli.Tests.Verbs;

public sealed class DedupeVerbTests
{
    [Fact]
    public void Dedupe_NoKey_MeansTheWholeRow()
    {
        DedupeOptions job = Dedupe().JobAs<DedupeOptions>();
        Assert.Equal((0, 0, false, false), (job.Key.Count, job.Keep.Count, job.KeepLast, job.Exact));
    }

    [Theory]
    [InlineData("first", false)]
    [InlineData("last", true)]
    public void Dedupe_KeepFirstOrLast_NamesNoColumn(string keep, bool last)
    {
        DedupeOptions job = Dedupe("--key", "id", "--keep", keep, "--exact").JobAs<DedupeOptions>();
        Assert.Equal((last, 0, true), (job.KeepLast, job.Keep.Count, job.Exact));
    }

    [Theory]
    [InlineData("updated_at:desc,priority:asc", "updated_at desc|priority asc")]
    [InlineData("updated_at", "updated_at asc")]
    [InlineData("a:b:DESC", "a:b desc")]
    [InlineData("a:b", "a:b asc")]
    [InlineData("\"x, y\":desc,\"first\"", "x, y desc|first asc")]
    [InlineData("first:desc", "first desc")]
    public void Dedupe_KeepColumns_AreOrdered(string keep, string expected)
    {
        DedupeOptions job = Dedupe("--key", "id", "--keep", keep).JobAs<DedupeOptions>();
        Assert.Equal(expected, string.Join('|', job.Keep.Select(k => $"{k.Column} {(k.Descending ? "desc" : "asc")}")));
    }

    [Theory]
    [InlineData("--keep", "last")]
    [InlineData("--keep", "when:desc")]
    [InlineData("--key", "id", "--keep", "")]
    [InlineData("--key", "id", "--keep", ":desc")]
    [InlineData("--key", "id", "--keep", "a,a:desc")]
    [InlineData("--key", "id", "--keep", "first", "--keep", "last")]
    public void Dedupe_Wrong_IsAUsageError(params string[] options) => Assert.Equal(2, Dedupe(options).Status);

    private static CommandRun Dedupe(params string[] options) => CommandRun.Of(["dedupe", "a.csv", "-o", "b.csv", .. options]);
}
