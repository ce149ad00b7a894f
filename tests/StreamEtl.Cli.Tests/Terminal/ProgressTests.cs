using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Tests.Terminal;

public sealed class ProgressTests
{
    private static readonly RunProgress Half = new("converting", 3_360_000, 500_000_000, 1_000_000_000, TimeSpan.FromSeconds(2));

    private static readonly RunProgress Start = new("converting", 0, 0, 1_000_000_000, TimeSpan.Zero);

    [Fact]
    public void Bar_KnownTotal_HasEverything() =>
        Assert.Equal(
            "converting  ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌   50%  3,360,000 rows  250 MB/s  0:02 left  1.7M rows/s",
            ProgressText.Bar(Half, Start, 120)
        );

    [Fact]
    public void Bar_Pipe_HasNoShareAndNoTimeLeft() =>
        Assert.Equal("converting  3,360,000 rows  250 MB/s  1.7M rows/s", ProgressText.Bar(Half with { BytesTotal = null }, Start, 120));

    [Fact]
    public void Bar_FirstMoments_ClaimNoSpeed() =>
        Assert.Equal(
            "converting  ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌   50%  3,360,000 rows",
            ProgressText.Bar(Half with { Elapsed = TimeSpan.FromSeconds(0.1) }, Start, 120)
        );

    [Fact]
    public void Bar_EightyColumns_HaveTheTimeLeft() =>
        Assert.EndsWith("0:02 left", ProgressText.Bar(Half, Start, 79), StringComparison.Ordinal);

    [Fact]
    public void Bar_AnyWidth_NeverWraps()
    {
        for (int width = -1; width < 130; width++)
        {
            Assert.InRange(ProgressText.Bar(Half, Start, width).Length, 0, Math.Max(width, 0));
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(10, 0, 0)]
    [InlineData(5, 10, 0)]
    [InlineData(long.MaxValue, long.MaxValue, 0.2)]
    [InlineData(1, long.MaxValue, 1)]
    public void Bar_OddNumbers_AreShown(long read, long total, double seconds) =>
        Assert.NotEmpty(ProgressText.Bar(new RunProgress("x", 0, read, total, TimeSpan.FromSeconds(seconds)), Start, 80));

    [Fact]
    public void OnATerminal_TheLineIsRedrawnAndWiped()
    {
        CommandRun run = Run(new Surroundings { ErrorIsTerminal = true, Variables = { ["NO_COLOR"] = "1" } }, "-q", "--progress", "always");
        string[] drawn = run.Error.Split("\r\e[K");
        Assert.Equal(4, drawn.Length);
        Assert.Equal("", drawn[0]);
        Assert.StartsWith("reading", drawn[1], StringComparison.Ordinal);
        Assert.StartsWith("reading", drawn[2], StringComparison.Ordinal);
        Assert.Equal("", drawn[3]);
    }

    [Theory]
    [InlineData(true, "dumb", "auto", false)]
    [InlineData(false, "xterm", "auto", false)]
    [InlineData(true, "xterm", "never", false)]
    [InlineData(true, "xterm", "auto", true)]
    [InlineData(true, "dumb", "always", true)]
    [InlineData(false, "xterm", "always", true)]
    public void Progress_IsShownWhereItHelps(bool terminal, string term, string mode, bool expected)
    {
        CommandRun run = Run(new Surroundings { ErrorIsTerminal = terminal, Variables = { ["TERM"] = term } }, "--progress", mode);
        Assert.Equal(expected, run.Error.Contains("reading", StringComparison.Ordinal));
        if (!terminal || term == "dumb")
        {
            Assert.DoesNotContain('\r', run.Error);
        }
    }

    [Fact]
    public void OffTerminal_OneLineASecond()
    {
        CommandRun run = Run(new Surroundings(), "--progress", "always");
        Assert.Equal(2, run.Error.Split('\n').Count(l => l.StartsWith("reading", StringComparison.Ordinal)));
    }

    [Fact]
    public void Columns_LimitsTheWidth()
    {
        Surroundings surroundings = new() { ErrorIsTerminal = true, Variables = { ["COLUMNS"] = "30" } };
        CommandRun run = Run(surroundings, "--progress", "always");
        Assert.All(run.Error.Split("\r\e[K")[1..^1], line => Assert.InRange(line.Length, 1, 29));
    }

    private static CommandRun Run(Surroundings surroundings, params string[] options)
    {
        RunProgress[] moments =
        [
            new("reading", 1, 10, 100, TimeSpan.FromSeconds(0)),
            new("reading", 2, 20, 100, TimeSpan.FromSeconds(0.05)),
            new("reading", 3, 30, 100, TimeSpan.FromSeconds(1.05)),
        ];
        return CommandRun.With(surroundings with { Moments = moments }, null, ["convert", "a.csv", "-o", "b.csv", .. options]);
    }
}
