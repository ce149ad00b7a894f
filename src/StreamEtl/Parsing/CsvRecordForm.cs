using System.Globalization;
using System.Text;
using StreamEtl.Framing;
using StreamEtl.Sources;

namespace StreamEtl.Parsing;

/// <summary>What decides, besides its bytes, which values a CSV record has, as one text: see <see cref="IRecordSource.RecordForm"/>.</summary>
internal static class CsvRecordForm
{
    /// <summary>Each part is behind its length, so that no two forms are one text.</summary>
    public static string Of(CsvDialect dialect, CsvReadOptions options, IReadOnlyList<SourceColumn> columns)
    {
        var form = new StringBuilder();
        Append(form, $"csv {dialect.Delimiter} {dialect.Quote} {dialect.Escape} {(options.QuotedEmptyIsString ? "empty" : "null")}");
        Append(form, $"{dialect.Format.DecimalSeparator} {dialect.Format.DateFormat}");
        Append(form, options.NullTexts.Count.ToString(CultureInfo.InvariantCulture));
        foreach (byte[] text in options.NullTexts)
        {
            Append(form, System.Text.Encoding.UTF8.GetString(text));
        }
        foreach (SourceColumn column in columns)
        {
            Append(form, column.Name);
        }
        return form.ToString();
    }

    private static void Append(StringBuilder form, string part) => form.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
}
