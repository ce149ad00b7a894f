using System.Globalization;
using StreamEtl.Errors;

namespace StreamEtl.Parsing;

/// <summary>What is wrong with a record's quotes, at the first byte where it shows.</summary>
/// <param name="Record">Index of the record in the frame.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Position">Offset in the frame of the offending byte: the quote that is never closed or stands inside a bare field, or the byte behind a closing quote.</param>
internal readonly record struct RecordFault(int Record, ErrorKind Kind, int Position)
{
    /// <summary>One sentence for people; <paramref name="offset"/> is that of the offending byte in the decoded input.</summary>
    public static string Describe(ErrorKind kind, long offset) =>
        kind switch
        {
            ErrorKind.UnterminatedQuote => string.Create(CultureInfo.InvariantCulture, $"the quote at byte {offset} is never closed"),
            ErrorKind.TextAfterQuote => string.Create(CultureInfo.InvariantCulture, $"text follows the closing quote at byte {offset - 1}"),
            ErrorKind.BareQuote => string.Create(
                CultureInfo.InvariantCulture,
                $"the quote at byte {offset} stands inside a field that does not begin with one"
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}
