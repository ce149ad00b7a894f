using StreamEtl.Types;

namespace StreamEtl.Framing;

/// <summary>How a CSV input is written, decided once before it is read.</summary>
/// <param name="Delimiter">Between fields.</param>
/// <param name="Quote">Around fields that hold delimiters, quotes or line ends; null: quoting is off.</param>
/// <param name="Escape">Inside quotes, makes the next byte literal; null: a quote is doubled.</param>
/// <param name="HasHeader">True when the first record names the columns.</param>
/// <param name="SkipLines">Physical lines before the header (or the first record).</param>
/// <param name="Format">How numbers and dates are written.</param>
public sealed record CsvDialect(byte Delimiter, byte? Quote, byte? Escape, bool HasHeader, int SkipLines, TextFormat Format)
{
    /// <summary>RFC 4180 with a header.</summary>
    public static CsvDialect Default { get; } = new((byte)',', (byte)'"', null, HasHeader: true, SkipLines: 0, new TextFormat());

    /// <summary>What records end with; one that ends otherwise is malformed. <see cref="LineEnd.None"/>: each may end as it likes.</summary>
    public LineEnd LineEnd { get; init; }
}
