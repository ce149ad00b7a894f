using System.Globalization;
using StreamEtl.Cli.Arguments;
using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Terminal;

/// <summary>Words a moment of a run: phase, share, rows, speeds, time left. Speeds are averages over the phase, so time left does not jump about.</summary>
internal static class ProgressText
{
    private const int BarWidth = 20;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(0.2);

    /// <summary>One line without bar, for logs.</summary>
    public static string Plain(RunProgress now, RunProgress start) => string.Join("  ", Parts(now, start));

    /// <summary>One line of at most <paramref name="width"/> columns, with <paramref name="start"/> the first moment of the phase. What does not fit is left out from the end.</summary>
    public static string Bar(RunProgress now, RunProgress start, int width)
    {
        List<string> parts = Parts(now, start);
        if (Share(now) is { } share)
        {
            int filled = (int)(share * BarWidth);
            parts.Insert(1, new string('━', filled) + new string('╌', BarWidth - filled));
        }
        string line = parts[0];
        foreach (string part in parts.Skip(1))
        {
            if (line.Length + 2 + part.Length > width)
            {
                break;
            }
            line += "  " + part;
        }
        return line.Length <= width ? line : line[..Math.Max(width, 0)];
    }

    private static List<string> Parts(RunProgress now, RunProgress start)
    {
        List<string> parts = [now.Phase];
        if (Share(now) is { } share)
        {
            parts.Add(share.ToString("0%", CultureInfo.InvariantCulture).PadLeft(4));
        }
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{now.Rows:N0} rows"));
        if (now.Elapsed - start.Elapsed < Settled)
        {
            return parts;
        }
        double seconds = (now.Elapsed - start.Elapsed).TotalSeconds;
        double bytesPerSecond = Math.Max(now.BytesRead - start.BytesRead, 0) / seconds;
        parts.Add($"{ByteSize.Format((long)bytesPerSecond)}/s");
        if (now.BytesTotal is { } total && bytesPerSecond >= 1)
        {
            double left = Math.Max(total - now.BytesRead, 0) / bytesPerSecond;
            parts.Add($"{Duration(TimeSpan.FromSeconds(Math.Min(left, 359_999)))} left");
        }
        parts.Add($"{Count(Math.Max(now.Rows - start.Rows, 0) / seconds)} rows/s");
        return parts;
    }

    private static double? Share(RunProgress now) =>
        now.BytesTotal is { } total ? Math.Clamp((double)now.BytesRead / Math.Max(total, 1), 0, 1) : null;

    private static string Count(double count) =>
        count switch
        {
            >= 999_500 => (count / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + "M",
            >= 1000 => (count / 1e3).ToString("0", CultureInfo.InvariantCulture) + "k",
            _ => count.ToString("0", CultureInfo.InvariantCulture),
        };

    private static string Duration(TimeSpan time) =>
        time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
