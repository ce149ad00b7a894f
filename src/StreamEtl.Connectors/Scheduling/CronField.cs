using System.Globalization;

namespace StreamEtl.Connectors.Scheduling;

/// <summary>One field of a cron expression as the set of its values.</summary>
/// <param name="Values">Bit v is set when v matches.</param>
/// <param name="IsAny">True when the field begins with <c>*</c>: it asks for nothing by itself.</param>
internal readonly record struct CronField(ulong Values, bool IsAny)
{
    /// <summary>Whether a value matches.</summary>
    public bool Has(int value) => (Values >> value & 1) != 0;

    /// <summary>Reads a field: <c>*</c>, <c>5</c>, <c>1-5</c>, <c>*/15</c>, <c>10-50/10</c>, <c>MON,WED</c>, and lists of these.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static CronField Parse(string text, string name, int lowest, int highest, string[]? names = null)
    {
        ulong values = 0;
        foreach (string part in text.Split(','))
        {
            int slash = part.IndexOf('/', StringComparison.Ordinal);
            string range = slash < 0 ? part : part[..slash];
            int step = slash < 0 ? 1 : Number(part[(slash + 1)..], text, name, 1, highest, names: null);
            (int from, int to) = Range(range, text, name, lowest, highest, names);
            // 5/15 counts from 5 to the end, as most crons read it.
            to = slash >= 0 && range.All(char.IsAsciiDigit) ? highest : to;
            for (int value = from; value <= to; value += step)
            {
                values |= 1UL << value;
            }
        }
        return new CronField(values, text.StartsWith('*'));
    }

    private static (int From, int To) Range(string range, string text, string name, int lowest, int highest, string[]? names)
    {
        if (range == "*")
        {
            return (lowest, highest);
        }
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            int single = Number(range, text, name, lowest, highest, names);
            return (single, single);
        }
        int from = Number(range[..dash], text, name, lowest, highest, names);
        int to = Number(range[(dash + 1)..], text, name, lowest, highest, names);
        return from <= to ? (from, to) : throw Wrong(text, name, $"'{range}' runs backwards");
    }

    private static int Number(string value, string text, string name, int lowest, int highest, string[]? names)
    {
        int named = names is null ? -1 : Array.FindIndex(names, n => n.Equals(value, StringComparison.OrdinalIgnoreCase));
        if (named >= 0)
        {
            return named + lowest;
        }
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < lowest || number > highest)
        {
            throw Wrong(text, name, string.Create(CultureInfo.InvariantCulture, $"'{value}' is not a number from {lowest} to {highest}"));
        }
        return number;
    }

    private static FormatException Wrong(string text, string name, string reason) => new($"cron: the {name} field '{text}': {reason}");
}
