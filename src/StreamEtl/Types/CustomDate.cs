using StreamEtl.Errors;

namespace StreamEtl.Types;

/// <summary>
/// The user's <c>--date-format</c>: <c>yyyy MM dd HH mm ss</c> and <c>f…</c> (up to 9), fixed width, anything else literal. A format with a time makes timestamps.
/// </summary>
internal sealed class CustomDate
{
    private readonly List<(char Field, int Length)> _parts = [];

    private CustomDate(string format)
    {
        for (int i = 0; i < format.Length; )
        {
            int end = i;
            while (end < format.Length && format[end] == format[i])
            {
                end++;
            }
            bool isField = (format[i], end - i) is ('y', 4) or ('M' or 'd' or 'H' or 'm' or 's', 2) or ('f', <= 9);
            if (isField)
            {
                _parts.Add((format[i], end - i));
                HasTime |= format[i] is 'H' or 'm' or 's' or 'f';
            }
            else if (char.IsAsciiLetter(format[i]) && format[i] != 'T')
            {
                throw new StreamEtlException(
                    ErrorKind.Usage,
                    $"--date-format '{format}': '{format[i..end]}' is not understood",
                    hint: "use yyyy MM dd HH mm ss fff, for example dd/MM/yyyy HH:mm:ss"
                );
            }
            else
            {
                _parts.AddRange(Enumerable.Repeat((format[i], 0), end - i));
            }
            i = end;
        }
    }

    /// <summary>True when values are timestamps, not dates.</summary>
    public bool HasTime { get; }

    /// <summary>Fraction digits, 0 to 9.</summary>
    public int FractionDigits => _parts.Where(p => p.Field == 'f').Select(p => p.Length).FirstOrDefault();

    /// <summary>Understands a format, or explains why not.</summary>
    public static CustomDate? Parse(string? format) => format is null ? null : new CustomDate(format);

    /// <summary>Reads a value that fills the format exactly.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, out int days, out long nanos)
    {
        days = 0;
        nanos = 0;
        int year = 1970;
        int month = 1;
        int day = 1;
        foreach ((char field, int length) in _parts)
        {
            int width = length == 0 ? 1 : length;
            if (text.Length < width)
            {
                return false;
            }
            if (length == 0)
            {
                if (text[0] != field)
                {
                    return false;
                }
            }
            else
            {
                if (
                    !NumberText.TryDigits(text[..width], out long number)
                    || !Assign(field, width, number, ref year, ref month, ref day, ref nanos)
                )
                {
                    return false;
                }
            }
            text = text[width..];
        }
        if (text.Length > 0 || !Calendar.IsValid(year, month, day))
        {
            return false;
        }
        days = Calendar.ToDays(year, month, day);
        return true;
    }

    private static bool Assign(char field, int width, long number, ref int year, ref int month, ref int day, ref long nanos)
    {
        switch (field)
        {
            case 'y':
                year = (int)number;
                return true;
            case 'M':
                month = (int)number;
                return true;
            case 'd':
                day = (int)number;
                return true;
            case 'H':
                nanos += number * 3_600_000_000_000;
                return number < 24;
            case 'm':
                nanos += number * 60_000_000_000;
                return number < 60;
            case 's':
                nanos += number * 1_000_000_000;
                return number < 60;
            default:
                nanos += number * NumberText.PowersOfTen[9 - width];
                return true;
        }
    }
}
