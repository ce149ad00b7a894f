using StreamEtl.Types;

namespace StreamEtl.Framing;

/// <summary>
/// Finds the dialect of a CSV input from a sample of it. Every candidate (delimiter × quote × escape) reads the sample; the one whose records agree best
/// in their number of fields, and whose fields look most like values, wins. What the user said is never overruled, and where
/// the data does not decide, the answer is the plain one: comma, double quote, header.
/// </summary>
/// <remarks>The score follows the idea of G. van den Burg, A. Nazábal and C. Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019.</remarks>
public static class DialectSniffer
{
    /// <summary>Bytes of the sample that candidates read; more does not change the answer.</summary>
    private const int ProbeBytes = 256 << 10;

    private static readonly byte[] Delimiters = [(byte)',', (byte)';', (byte)'\t', (byte)'|'];

    /// <summary>
    /// Finds the dialect. <paramref name="sample"/>: the first bytes of the input, in UTF-8 without a byte order mark;
    /// <paramref name="isWholeInput"/>: there is nothing after it.
    /// </summary>
    public static CsvDialect Sniff(ReadOnlySpan<byte> sample, bool isWholeInput, CsvDialectOptions given)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (sample.Length > ProbeBytes)
        {
            sample = sample[..ProbeBytes];
            isWholeInput = false;
        }
        int skipped = 0;
        if (given.SkipLines is { } lines)
        {
            sample = sample[LinesEnd(sample, lines)..];
            skipped = lines;
        }
        DialectProbe best = FindBest(sample, isWholeInput, given);
        int preamble = given.SkipLines is null ? Preamble.CountRecords(best, sample, given.HasHeader) : 0;
        bool hasHeader = given.HasHeader ?? HeaderSniffer.HasHeader(best, sample, preamble);
        if (preamble > 0)
        {
            skipped = best.Line(preamble);
        }
        char separator = given.DecimalSeparator ?? DecimalSniffer.Find(best, sample, preamble + (hasHeader ? 1 : 0));
        return new CsvDialect(best.Delimiter, best.Quote, best.Escape, hasHeader, skipped, new TextFormat(separator, given.DateFormat));
    }

    private static int LinesEnd(ReadOnlySpan<byte> sample, int lines)
    {
        int position = 0;
        while (lines-- > 0 && position < sample.Length)
        {
            int end = sample[position..].IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                return sample.Length;
            }
            position += end + 1;
            if (sample[position - 1] == '\r' && position < sample.Length && sample[position] == '\n')
            {
                position++;
            }
        }
        return position;
    }

    private static DialectProbe FindBest(ReadOnlySpan<byte> sample, bool isWhole, CsvDialectOptions given)
    {
        DialectProbe? best = null;
        double bestScore = double.NegativeInfinity;
        foreach (byte delimiter in given.Delimiter is { } d ? [d] : Delimiters)
        {
            if (given.Delimiter is null && delimiter != Delimiters[0] && !sample.Contains(delimiter))
            {
                continue;
            }
            DialectProbe probe = FindQuoting(sample, isWhole, given, delimiter);
            double score = DialectScore.Of(probe, sample);
            if (score > bestScore)
            {
                best = probe;
                bestScore = score;
            }
        }
        return best!;
    }

    /// <summary>Quote and escape for one delimiter. The double quote stays unless the sample contradicts it: later rows may need it.</summary>
    private static DialectProbe FindQuoting(ReadOnlySpan<byte> sample, bool isWhole, CsvDialectOptions given, byte delimiter)
    {
        if (given.Quote is { } quote)
        {
            return quote == 0
                ? DialectProbe.Read(sample, isWhole, delimiter, null, null)
                : FindEscape(sample, isWhole, given, delimiter, quote);
        }
        DialectProbe plain = FindEscape(sample, isWhole, given, delimiter, (byte)'"');
        if (plain.QuotedCells == 0 && sample.Contains((byte)'\''))
        {
            DialectProbe single = FindEscape(sample, isWhole, given, delimiter, (byte)'\'');
            if (IsConvincing(single))
            {
                return single;
            }
        }
        if (plain.QuotedCells > 0 || plain.Malformed == 0)
        {
            return plain;
        }
        DialectProbe unquoted = DialectProbe.Read(sample, isWhole, delimiter, null, null);
        return QuotesAreData(unquoted, sample) ? unquoted : plain;
    }

    private static DialectProbe FindEscape(ReadOnlySpan<byte> sample, bool isWhole, CsvDialectOptions given, byte delimiter, byte quote)
    {
        byte? stated = given.Escape == quote ? null : given.Escape;
        DialectProbe doubled = DialectProbe.Read(sample, isWhole, delimiter, quote, stated);
        if (given.Escape is not null || (doubled.Malformed == 0 && !doubled.EndsInQuotes) || !sample.Contains((byte)'\\'))
        {
            return doubled;
        }
        DialectProbe backslash = DialectProbe.Read(sample, isWhole, delimiter, quote, (byte)'\\');
        return backslash.Malformed < doubled.Malformed || (backslash.Malformed == 0 && doubled.EndsInQuotes && !backslash.EndsInQuotes)
            ? backslash
            : doubled;
    }

    /// <summary>Apostrophes are text far more often than quotes: they must enclose fields cleanly, and do so in most records.</summary>
    private static bool IsConvincing(DialectProbe single) =>
        single is { Malformed: 0, EndsInQuotes: false } && single.QuotedCells >= 2 && single.QuotedCells >= single.Count;

    /// <summary>True when double quotes begin fields in most records and never end one: they are marks of another kind, such as ditto.</summary>
    private static bool QuotesAreData(DialectProbe unquoted, ReadOnlySpan<byte> sample)
    {
        int open = 0;
        for (int i = 0; i < unquoted.Count; i++)
        {
            foreach (DialectProbe.Cell cell in unquoted[i])
            {
                ReadOnlySpan<byte> text = sample.Slice(cell.Start, cell.Length);
                int quotes = text.Count((byte)'"');
                if (quotes > 1 || (quotes == 1 && text[0] != '"'))
                {
                    return false;
                }
                open += quotes;
            }
        }
        return open >= 3 && open * 2 >= unquoted.Count;
    }
}
