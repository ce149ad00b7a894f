using System.Globalization;

namespace StreamEtl.Connectors.Scheduling;

/// <summary>Intervals as people write them: <c>15m</c>, <c>1h30m</c>, <c>90s</c>, <c>2 days</c>, <c>every 15 minutes</c>.</summary>
public static class IntervalText
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>Reads an interval of one second to a year; false when the text is none.</summary>
    public static bool TryParse(string text, out TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(text);
        interval = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.StartsWith("every ", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest["every ".Length..].TrimStart();
        }
        long seconds = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 9)
            {
                return false;
            }
            long number = long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[digits..].TrimStart();
            int letters = 0;
            while (letters < rest.Length && char.IsAsciiLetter(rest[letters]))
            {
                letters++;
            }
            ReadOnlySpan<char> unit = rest[..letters];
            if (SecondsOf(unit) is not { } factor)
            {
                return false;
            }
            seconds += number * factor;
            rest = rest[unit.Length..].TrimStart();
        }
        interval = TimeSpan.FromSeconds(Math.Min(seconds, (long)Longest.TotalSeconds + 1));
        return seconds > 0 && interval <= Longest;
    }

    private static long? SecondsOf(ReadOnlySpan<char> unit) =>
        unit.ToString().ToLowerInvariant() switch
        {
            "s" or "sec" or "second" or "seconds" => 1,
            "m" or "min" or "minute" or "minutes" => 60,
            "h" or "hour" or "hours" => 3600,
            "d" or "day" or "days" => 86_400,
            _ => null,
        };
}
