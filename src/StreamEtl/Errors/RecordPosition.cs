using System.Globalization;

namespace StreamEtl.Errors;

/// <summary>Where in an input something stands.</summary>
/// <param name="Source">File name as given by the user; <c>-</c> for standard input.</param>
/// <param name="Line">1-based number of the physical line on which the record starts; 0 when unknown.</param>
/// <param name="ByteOffset">0-based offset in the decoded (decompressed) input of the offending byte or record; -1 when unknown.</param>
/// <param name="Column">Column name, or null when the whole record is meant.</param>
public readonly record struct RecordPosition(string Source, long Line, long ByteOffset, string? Column = null)
{
    /// <summary>The text that messages show: <c>file:line (byte N, column c)</c>.</summary>
    public override string ToString()
    {
        string text = Source;
        if (Line > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $":{Line}");
        }
        string? detail = ByteOffset >= 0 ? string.Create(CultureInfo.InvariantCulture, $"byte {ByteOffset}") : null;
        if (Column is not null)
        {
            detail = detail is null ? $"column '{Column}'" : $"{detail}, column '{Column}'";
        }
        return detail is null ? text : $"{text} ({detail})";
    }
}
