using StreamEtl.Connectors.Scheduling;

namespace StreamEtl.Tests.Scheduling;

public sealed class RunScheduleTests
{
    private static readonly DateTimeOffset Begin = new(2026, 8, 21, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("15m", 900)]
    [InlineData("90s", 90)]
    [InlineData("1h30m", 5400)]
    [InlineData("2 days", 172_800)]
    [InlineData("every 15 minutes", 900)]
    [InlineData("1 hour", 3600)]
    [InlineData(" 1D ", 86_400)]
    public void Interval_AsPeopleWriteIt_IsRead(string text, int seconds)
    {
        Assert.True(IntervalText.TryParse(text, out TimeSpan interval));
        Assert.Equal(seconds, interval.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("15")]
    [InlineData("0s")]
    [InlineData("-5m")]
    [InlineData("15mm")]
    [InlineData("15 fortnights")]
    [InlineData("9999999999s")]
    [InlineData("367d")]
    [InlineData("every")]
    public void Interval_AnythingElse_IsNone(string text) => Assert.False(IntervalText.TryParse(text, out _));

    [Fact]
    public void Next_Interval_KeepsItsPaceAndLeavesOutWhatALongRunCovered()
    {
        RunSchedule schedule = RunSchedule.Parse("15m");
        Assert.True(schedule.StartsAtOnce);
        Assert.Equal(Begin.AddMinutes(15), schedule.Next(Begin, Begin.AddMinutes(2)));
        Assert.Equal(Begin.AddMinutes(60), schedule.Next(Begin, Begin.AddMinutes(47)));
        Assert.Equal(Begin.AddMinutes(30), schedule.Next(Begin, Begin.AddMinutes(15)));
    }

    [Fact]
    public void Next_Cron_WaitsForItsTimeByTheClockOfTheZone()
    {
        RunSchedule schedule = RunSchedule.Parse("0 2 * * *", TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo"));
        Assert.False(schedule.StartsAtOnce);
        Assert.Equal(new DateTimeOffset(2026, 8, 22, 5, 0, 0, TimeSpan.Zero), schedule.Next(Begin, Begin));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("* * * * * *")]
    public void Parse_AnythingElse_SaysWhatIsWanted(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => RunSchedule.Parse(text));
        Assert.Contains("neither an interval such as 15m nor a cron expression", e.Message, StringComparison.Ordinal);
    }
}
