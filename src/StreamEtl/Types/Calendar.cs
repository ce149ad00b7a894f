namespace StreamEtl.Types;

/// <summary>Dates as days since 1970-01-01 in the proleptic Gregorian calendar, by arithmetic alone.</summary>
internal static class Calendar
{
    /// <summary>Microseconds in a day.</summary>
    public const long MicrosPerDay = 86_400_000_000;

    /// <summary>Days from 0000-03-01 to 1970-01-01.</summary>
    private const int EpochShift = 719_468;
    private const int DaysPerEra = 146_097;

    /// <summary>Days since the epoch of a valid date. Counting years from March puts the leap day last, which makes month lengths a linear formula.</summary>
    public static int ToDays(int year, int month, int day)
    {
        int y = month <= 2 ? year - 1 : year;
        int era = y / 400;
        int yearOfEra = y - (era * 400);
        int dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - EpochShift;
    }

    /// <summary>The date of a day number; the inverse of <see cref="ToDays"/>.</summary>
    public static (int Year, int Month, int Day) FromDays(int days)
    {
        int z = days + EpochShift;
        int era = (z >= 0 ? z : z - DaysPerEra + 1) / DaysPerEra;
        int dayOfEra = z - (era * DaysPerEra);
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        int day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        return ((era * 400) + yearOfEra + (month <= 2 ? 1 : 0), month, day);
    }

    /// <summary>True for a real date of the years 1 to 9999.</summary>
    public static bool IsValid(int year, int month, int day)
    {
        if ((uint)(year - 1) >= 9999 || (uint)(month - 1) >= 12 || day < 1)
        {
            return false;
        }
        return day <= 28 || day <= DaysInMonth(year, month);
    }

    private static int DaysInMonth(int year, int month) =>
        month == 2 ? (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28)
        : month is 4 or 6 or 9 or 11 ? 30
        : 31;
}
