using System.Globalization;

namespace StreamEtl.Cli.Arguments;

/// <summary>Sizes as people write and read them: <c>512MB</c> is 512 000 000 bytes, <c>512MiB</c> is 536 870 912. A letter alone (<c>512M</c>) is decimal, so a limit never grows by it.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("kib", 1L << 10),
        ("mib", 1L << 20),
        ("gib", 1L << 30),
        ("tib", 1L << 40),
        ("kb", 1000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("k", 1000),
        ("m", 1_000_000),
        ("g", 1_000_000_000),
        ("t", 1_000_000_000_000),
        ("b", 1),
        ("", 1),
    ];

    /// <summary>Reads a size; false when the text is none or does not fit 63 bits.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string trimmed = text.Trim();
        (string suffix, long factor) = Array.Find(Units, u => trimmed.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        string number = trimmed[..^suffix.Length].TrimEnd();
        if (
            !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value > long.MaxValue / factor
        )
        {
            return false;
        }
        bytes = (long)(value * factor);
        return true;
    }

    /// <summary>A size in three or four digits: <c>999 B</c>, <c>1.1 GB</c>, <c>320 MB</c>.</summary>
    public static string Format(long bytes)
    {
        if (bytes < 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
        }
        double value = bytes;
        int unit = -1;
        const string letters = "kMGTPE";
        while (value >= 999.5 && unit < letters.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        string digits = value.ToString(value < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture);
        return $"{digits} {letters[unit]}B";
    }
}
