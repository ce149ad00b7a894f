namespace StreamEtl.Types;

/// <summary>Reads dates and timestamps from bytes.</summary>
internal static class DateText
{
    /// <summary><c>yyyy-MM-dd</c>.</summary>
    public static bool TryIsoDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-')
        {
            return false;
        }
        int year = (Two(text, 0) * 100) + Two(text, 2);
        int month = Two(text, 5);
        int day = Two(text, 8);
        // Two() answers a large negative number when a byte is no digit, so that one range check sees it.
        if (!Calendar.IsValid(year, month, day))
        {
            return false;
        }
        days = Calendar.ToDays(year, month, day);
        return true;
    }

    /// <summary><c>dd/MM/yyyy</c>, also with <c>-</c> or <c>.</c>; the same separator twice.</summary>
    public static bool TryDayFirstDate(ReadOnlySpan<byte> text, out int days, out int day)
    {
        days = 0;
        day = 0;
        if (text.Length != 10 || text[2] != text[5] || text[2] is not ((byte)'/' or (byte)'-' or (byte)'.'))
        {
            return false;
        }
        day = Two(text, 0);
        int month = Two(text, 3);
        int year = (Two(text, 6) * 100) + Two(text, 8);
        if (!Calendar.IsValid(year, month, day))
        {
            return false;
        }
        days = Calendar.ToDays(year, month, day);
        return true;
    }

    /// <summary>
    /// A time behind a date: <c>HH:mm</c>, <c>HH:mm:ss</c>, or with 1 to 9 fraction digits; <paramref name="rest"/> is what follows (a zone).
    /// </summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out long nanos, out int fractionDigits, out ReadOnlySpan<byte> rest)
    {
        nanos = 0;
        fractionDigits = 0;
        rest = default;
        if (text.Length < 5 || text[2] != ':')
        {
            return false;
        }
        int hour = Two(text, 0);
        int minute = Two(text, 3);
        int second = 0;
        int position = 5;
        if (text.Length > 5 && text[5] == ':')
        {
            if (text.Length < 8)
            {
                return false;
            }
            second = Two(text, 6);
            position = 8;
            if (text.Length > 8 && text[8] == '.')
            {
                long fraction = 0;
                position = 9;
                while (position < text.Length && (uint)(text[position] - '0') <= 9)
                {
                    if (++fractionDigits > 9)
                    {
                        return false;
                    }
                    fraction = (fraction * 10) + (text[position++] - '0');
                }
                if (fractionDigits == 0)
                {
                    return false;
                }
                nanos = fraction * NumberText.PowersOfTen[9 - fractionDigits];
            }
        }
        if ((uint)hour > 23 || (uint)minute > 59 || (uint)second > 59)
        {
            return false;
        }
        nanos += ((((hour * 60L) + minute) * 60) + second) * 1_000_000_000;
        rest = text[position..];
        return true;
    }

    /// <summary>A zone: <c>Z</c>, <c>+hh</c>, <c>+hhmm</c>, <c>+hh:mm</c>. The offset is in seconds east of UTC.</summary>
    public static bool TryZone(ReadOnlySpan<byte> text, out int offsetSeconds)
    {
        offsetSeconds = 0;
        if (text is [(byte)'Z'] or [(byte)'z'])
        {
            return true;
        }
        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-') || (text.Length == 6 && text[3] != ':'))
        {
            return false;
        }
        int hours = Two(text, 1);
        int minutes = text.Length == 3 ? 0 : Two(text, text.Length - 2);
        if ((uint)hours > 18 || (uint)minutes > 59)
        {
            return false;
        }
        offsetSeconds = ((hours * 60) + minutes) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    /// <summary>Two digits as a number, or a large negative one.</summary>
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        uint tens = (uint)(text[at] - '0');
        uint ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -100_000 : (int)((tens * 10) + ones);
    }
}
