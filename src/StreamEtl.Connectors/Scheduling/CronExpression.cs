namespace StreamEtl.Connectors.Scheduling;

/// <summary>
/// A cron expression of five fields (minute, hour, day of month, month, day of week), as crontab(5) describes it: a day matches when both day fields match,
/// or, when neither begins with <c>*</c>, when one of them does. Around clock changes it behaves as Vixie cron: what falls into a skipped hour runs right
/// after it, what falls into a repeated hour runs once, and expressions whose hour or minute begins with <c>*</c> simply follow the clock.
/// </summary>
public sealed class CronExpression
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>February 29 can be eight years away (1896 to 1904, 2096 to 2104); what does not come by then never does.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366 * 9);

    private readonly CronField _minute;
    private readonly CronField _hour;
    private readonly CronField _day;
    private readonly CronField _month;
    private readonly CronField _weekday;

    private CronExpression(string[] fields)
    {
        _minute = CronField.Parse(fields[0], "minute", 0, 59);
        _hour = CronField.Parse(fields[1], "hour", 0, 23);
        _day = CronField.Parse(fields[2], "day-of-month", 1, 31);
        _month = CronField.Parse(fields[3], "month", 1, 12, Months);
        CronField weekday = CronField.Parse(fields[4], "day-of-week", 0, 7, Weekdays);
        // Sunday is 0 and 7.
        _weekday = weekday with
        {
            Values = (weekday.Values | weekday.Values >> 7) & 0x7F,
        };
    }

    /// <summary>Follows the clock hour by hour, whatever the clock does.</summary>
    private bool FollowsClock => _minute.IsAny || _hour.IsAny;

    /// <summary>Reads an expression, or one of <c>@hourly</c>, <c>@daily</c>, <c>@midnight</c>, <c>@weekly</c>, <c>@monthly</c>, <c>@yearly</c>, <c>@annually</c>.</summary>
    /// <exception cref="FormatException">It is none, or no date matches it; the message is for people.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string expanded = text.Trim().ToLowerInvariant() switch
        {
            "@hourly" => "0 * * * *",
            "@daily" or "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" or "@annually" => "0 0 1 1 *",
            _ => text,
        };
        string[] fields = expanded.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            throw new FormatException($"cron: '{text}' has {fields.Length} fields where five are needed: minute hour day month weekday");
        }
        var expression = new CronExpression(fields);
        if (!expression.MatchesSomeDay())
        {
            throw new FormatException($"cron: no date matches '{text}'");
        }
        return expression;
    }

    /// <summary>The first minute after <paramref name="after"/> that matches by the clock of <paramref name="zone"/>.</summary>
    public DateTimeOffset Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        DateTime time = after.UtcDateTime;
        DateTime end = time + Horizon;
        time = new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        TimeSpan offset = zone.GetUtcOffset(time);
        while (time < end)
        {
            DateTime step = time + Step(time + offset);
            TimeSpan newOffset = zone.GetUtcOffset(step);
            if (newOffset != offset)
            {
                // The clock changes within the step: minute by minute until it has.
                step = time.AddMinutes(1);
                newOffset = zone.GetUtcOffset(step);
            }
            if (newOffset > offset && !FollowsClock && MatchesBetween(time + offset, step + newOffset))
            {
                return new DateTimeOffset(step).ToOffset(newOffset);
            }
            (time, offset) = (step, newOffset);
            if (Matches(time + offset) && (FollowsClock || !IsSecondPass(time, offset, zone)))
            {
                return new DateTimeOffset(time).ToOffset(offset);
            }
        }
        throw new InvalidOperationException("the expression never matches");
    }

    /// <summary>How far the next minute that can match is at least: over days and hours that do not match, no minute needs to be looked at.</summary>
    private TimeSpan Step(DateTime local)
    {
        bool dayMatches = MatchesDay(local);
        if (dayMatches && _hour.Has(local.Hour))
        {
            return TimeSpan.FromMinutes(1);
        }
        if (!dayMatches && local.Hour < 22)
        {
            return TimeSpan.FromMinutes((60 * (22 - local.Hour)) - local.Minute);
        }
        return TimeSpan.FromMinutes(60 - local.Minute);
    }

    /// <summary>True when the clock showed this time before: it was set back in between.</summary>
    private static bool IsSecondPass(DateTime utc, TimeSpan offset, TimeZoneInfo zone)
    {
        DateTime local = DateTime.SpecifyKind(utc + offset, DateTimeKind.Unspecified);
        return zone.IsAmbiguousTime(local) && zone.GetAmbiguousTimeOffsets(local).Max() != offset;
    }

    private bool MatchesBetween(DateTime from, DateTime to)
    {
        for (DateTime skipped = from.AddMinutes(1); skipped < to; skipped = skipped.AddMinutes(1))
        {
            if (Matches(skipped))
            {
                return true;
            }
        }
        return false;
    }

    private bool Matches(DateTime local) => _minute.Has(local.Minute) && _hour.Has(local.Hour) && MatchesDay(local);

    private bool MatchesDay(DateTime local)
    {
        bool day = _day.Has(local.Day);
        bool weekday = _weekday.Has((int)local.DayOfWeek);
        return _month.Has(local.Month) && (_day.IsAny || _weekday.IsAny ? day && weekday : day || weekday);
    }

    private bool MatchesSomeDay()
    {
        var day = new DateTime(2096, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        DateTime end = day + Horizon;
        while (day < end && !MatchesDay(day))
        {
            day = day.AddDays(1);
        }
        return day < end;
    }
}
