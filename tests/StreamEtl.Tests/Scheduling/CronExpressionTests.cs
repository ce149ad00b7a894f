using System.Globalization;
using StreamEtl.Connectors.Scheduling;

namespace StreamEtl.Tests.Scheduling;

public sealed class CronExpressionTests
{
    /// <summary>Checked by hand against crontab(5).</summary>
    [Theory]
    [InlineData("*/15 * * * *", "2026-08-21T10:07:30", "2026-08-21T10:15:00")]
    [InlineData("0 2 * * *", "2026-08-21T02:00:00", "2026-08-22T02:00:00")]
    [InlineData("0 2 * * *", "2026-08-21T01:59:59", "2026-08-21T02:00:00")]
    [InlineData("30 4 1,15 * 5", "2026-08-21T00:00:00", "2026-08-21T04:30:00")]
    [InlineData("30 4 1,15 * 5", "2026-08-21T05:00:00", "2026-08-28T04:30:00")]
    [InlineData("0 0 29 2 *", "2026-03-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00:00", "2104-02-29T00:00:00")]
    [InlineData("0 9-17/4 * * MON-FRI", "2026-08-21T17:01:00", "2026-08-24T09:00:00")]
    [InlineData("0 0 * * 7", "2026-08-21T00:00:00", "2026-08-23T00:00:00")]
    [InlineData("0 0 * JAN SUN", "2026-08-21T00:00:00", "2027-01-03T00:00:00")]
    [InlineData("5/20 * * * *", "2026-08-21T10:46:00", "2026-08-21T11:05:00")]
    [InlineData("@monthly", "2026-08-21T10:46:00", "2026-09-01T00:00:00")]
    [InlineData("59 23 31 12 *", "2026-12-31T23:59:00", "2027-12-31T23:59:00")]
    public void Next_KnownCases_AreFound(string text, string after, string expected) =>
        Assert.Equal(Utc(expected), CronExpression.Parse(text).Next(Utc(after), TimeZoneInfo.Utc));

    /// <summary>The clock of Sao Paulo is not changed any more; that of New York springs forward on 2026-03-08 and falls back on 2026-11-01.</summary>
    [Theory]
    [InlineData("30 2 * * *", "2026-03-07T12:00:00-05:00", "2026-03-08T03:00:00-04:00")]
    [InlineData("30 2 * * *", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00")]
    [InlineData("*/30 * * * *", "2026-03-08T01:30:00-05:00", "2026-03-08T03:00:00-04:00")]
    [InlineData("30 1 * * *", "2026-10-31T12:00:00-04:00", "2026-11-01T01:30:00-04:00")]
    [InlineData("30 1 * * *", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00")]
    [InlineData("*/30 * * * *", "2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00")]
    [InlineData("0 3 * * *", "2026-11-01T01:30:00-04:00", "2026-11-01T03:00:00-05:00")]
    public void Next_WhenTheClockChanges_RunsOnce(string text, string after, string expected)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        DateTimeOffset next = CronExpression.Parse(text).Next(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), zone);
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), next);
    }

    /// <summary>Against a matcher that walks minute by minute and spells each field out as a list.</summary>
    [Fact]
    public void Next_RandomExpressions_IsTheFirstMinuteThatMatches()
    {
        const int seed = 477;
        var random = new Random(seed);
        for (int round = 0; round < 120; round++)
        {
            (string Text, HashSet<int> Values)[] fields =
            [
                Field(random, 0, 59),
                Field(random, 0, 23),
                Field(random, 1, 28),
                Field(random, 1, 12),
                Field(random, 0, 6),
            ];
            string text = string.Join(' ', fields.Select(f => f.Text));
            DateTimeOffset time = Utc("2026-01-01T00:00:00").AddMinutes(random.Next(3 * 365 * 1440)).AddSeconds(random.Next(60));
            DateTimeOffset next = CronExpression.Parse(text).Next(time, TimeZoneInfo.Utc);
            Assert.True(Matches(fields, next), $"{text} after {time:O}: {next:O} does not match (seed {seed})");
            DateTimeOffset minute = time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute));
            for (minute = minute.AddMinutes(1); minute < next; minute = minute.AddMinutes(1))
            {
                Assert.False(Matches(fields, minute), $"{text} after {time:O}: {minute:O} comes first (seed {seed})");
            }
        }
    }

    [Theory]
    [InlineData("* * * *", "has 4 fields where five are needed")]
    [InlineData("60 * * * *", "the minute field '60': '60' is not a number from 0 to 59")]
    [InlineData("* 5-3 * * *", "the hour field '5-3': '5-3' runs backwards")]
    [InlineData("* * 0 * *", "the day-of-month field '0': '0' is not a number from 1 to 31")]
    [InlineData("* * * JANUARY *", "the month field 'JANUARY': 'JANUARY' is not a number from 1 to 12")]
    [InlineData("*/0 * * * *", "the minute field '*/0': '0' is not a number from 1 to 59")]
    [InlineData(", * * * *", "the minute field ',': '' is not a number from 0 to 59")]
    [InlineData("0 0 30 2 *", "no date matches")]
    [InlineData("-1 * * * *", "the minute field '-1': '' is not a number")]
    public void Parse_WhatIsNoExpression_SaysWhy(string text, string expected)
    {
        FormatException e = Assert.Throws<FormatException>(() => CronExpression.Parse(text));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    private static bool Matches((string Text, HashSet<int> Values)[] fields, DateTimeOffset time)
    {
        bool day = fields[2].Values.Contains(time.Day);
        bool weekday = fields[4].Values.Contains((int)time.DayOfWeek);
        bool either = fields[2].Text[0] != '*' && fields[4].Text[0] != '*';
        return fields[0].Values.Contains(time.Minute)
            && fields[1].Values.Contains(time.Hour)
            && fields[3].Values.Contains(time.Month)
            && (either ? day || weekday : day && weekday);
    }

    private static (string Text, HashSet<int> Values) Field(Random random, int lowest, int highest)
    {
        int a = random.Next(lowest, highest + 1);
        int b = random.Next(a, highest + 1);
        int step = random.Next(1, 8);
        return random.Next(6) switch
        {
            0 => ($"{a}", [a]),
            1 => ($"{a},{b}", [a, b]),
            2 => ($"{a}-{b}", [.. Enumerable.Range(a, b - a + 1)]),
            3 => ($"{a}-{b}/{step}", [.. Enumerable.Range(a, b - a + 1).Where(v => (v - a) % step == 0)]),
            4 when highest is 59 or 23 => ($"*/{step}", [.. Enumerable.Range(lowest, highest + 1).Where(v => v % step == 0)]),
            _ => ("*", [.. Enumerable.Range(lowest, 60)]),
        };
    }

    private static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
