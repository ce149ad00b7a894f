namespace StreamEtl.Connectors.Scheduling;

/// <summary>When runs begin: every so often from now on, or as a cron expression says.</summary>
public sealed class RunSchedule
{
    private readonly TimeSpan _interval;
    private readonly CronExpression? _cron;
    private readonly TimeZoneInfo _zone;

    private RunSchedule(TimeSpan interval, CronExpression? cron, TimeZoneInfo zone, string text)
    {
        _interval = interval;
        _cron = cron;
        _zone = zone;
        Text = text;
    }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <summary>True for an interval, whose first run is at once; a cron expression waits for its time.</summary>
    public bool StartsAtOnce => _cron is null;

    /// <summary>Reads an interval (<c>15m</c>, <c>1h30m</c>, <c>every 2 days</c>) or a cron expression. <paramref name="zone"/> is the clock of a cron expression.</summary>
    /// <exception cref="FormatException">It is neither; the message says what is wrong, for people.</exception>
    public static RunSchedule Parse(string text, TimeZoneInfo? zone = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (IntervalText.TryParse(trimmed, out TimeSpan interval))
        {
            return new RunSchedule(interval, cron: null, TimeZoneInfo.Utc, trimmed);
        }
        if (trimmed.StartsWith('@') || trimmed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 5)
        {
            return new RunSchedule(TimeSpan.Zero, CronExpression.Parse(trimmed), zone ?? TimeZoneInfo.Local, trimmed);
        }
        throw new FormatException($"'{text}' is neither an interval such as 15m nor a cron expression of five fields such as '0 2 * * *'");
    }

    /// <summary>
    /// The first time after <paramref name="after"/>. Intervals are counted from <paramref name="origin"/>, the begin of the first run; times that a long run
    /// covered are left out.
    /// </summary>
    public DateTimeOffset Next(DateTimeOffset origin, DateTimeOffset after)
    {
        if (_cron is not null)
        {
            return _cron.Next(after, _zone);
        }
        long passed = Math.Max(0, (after - origin).Ticks) / _interval.Ticks;
        return origin + TimeSpan.FromTicks((passed + 1) * _interval.Ticks);
    }
}
